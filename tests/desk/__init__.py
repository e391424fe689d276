"""The services desk."""
