"""Shapes of competitions, entrants, juries and results."""
