"""Engagements by days: priced, paid in parts, worked, ended."""
