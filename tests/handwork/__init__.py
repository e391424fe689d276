"""The piece-work board."""
