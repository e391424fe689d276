"""Contracts: what they must say, who signs them, what they become."""
