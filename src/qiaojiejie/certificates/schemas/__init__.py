"""Shapes of bodies and certificates."""
