"""Paying firms."""
