"""Audits of the public log: samples nobody could choose, worked as tasks, reviewed twice, published.

Knows plans, draws, tasks and findings, flags for auditors' eyes, and whether every paid order stands in the log.
Facts: ``audit.planned``, ``audit.drawn``, ``audit.reported``.
"""
