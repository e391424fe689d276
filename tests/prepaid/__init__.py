"""Prepaid cards: bought, used visit by visit, given back."""
