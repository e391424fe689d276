"""Activities of stations."""
