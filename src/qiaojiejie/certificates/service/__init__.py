"""Accredit bodies, rotate their keys; issue, revoke and sign again certificates."""
