"""What every room stands on: database, HTTP frame, errors, jobs, lifecycles, money, clock, secrets.

Knows nothing of families, firms or workers. Writes no facts.
"""
