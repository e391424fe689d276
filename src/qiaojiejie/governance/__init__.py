"""How the rule changes: a draft, its shadow scores over real data, 30 days' notice, activation, rollback.

Knows proposals and what they would do to whom; the rule itself and which version is in force are ``credit``'s.
Facts: ``rule.drafted``, ``rule.shadowed``, ``rule.shadow_asked``, ``rule.noticed``, ``rule.withdrawn``,
``rule.entered_into_force``, ``rule.rollback_proposed``, ``rule.rollback_withdrawn``, ``rule.rolled_back``; activation
itself is ``credit``'s fact.
"""
