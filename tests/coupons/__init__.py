"""Coupons: what is taken off, by whom, how often."""
