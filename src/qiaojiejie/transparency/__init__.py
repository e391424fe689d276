"""The public log: every fact a stranger may hold us to, in one Merkle tree nobody can change unseen.

Knows ledger entries, leaves, tree heads and who witnessed them; what a fact shows of itself it learns from the room that
wrote it (``service.publishes``). Knows no names. Writes no facts.
"""
