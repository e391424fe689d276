"""The public log: what the ledger says of credit, as a Merkle tree anybody can check and nobody can rewrite.

Knows leaves, openings, tree hashes, checkpoints, witnesses and their alarms; knows no room above it: each room says in
its tasks which of its facts are public and how they read. Writes no facts itself.
"""
