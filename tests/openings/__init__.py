"""The jobs wall."""
