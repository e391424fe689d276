"""Shapes of enrolment."""
