"""Shapes of courses."""
