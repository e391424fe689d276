"""How the rule changes: a draft, its shadow scores over real data, 30 days' notice, activation, rollback.

Knows proposals and what they would do to whom; the rule itself and which version is in force are ``credit``'s.
Facts: ``rule.drafted``, ``rule.noticed``, ``rule.withdrawn``; activation is ``credit``'s fact.
"""
