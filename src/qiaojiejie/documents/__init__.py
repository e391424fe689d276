"""Dated papers in a worker's file: recorded by her firm, checked by a named reviewer of the federation.

Knows what a paper says, its state and who checked it against what source; pushes what was verified down to the worker.
Facts: ``document.recorded``, ``document.verified``, ``document.rejected``, ``document.withdrawn``.
"""
