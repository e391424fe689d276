"""Another worker of the same firm for a booking that is confirmed: who fits and is free, offered, taken or not.

Knows why she can't come, who was offered instead and what the family said; knows nothing of money beyond that a family
which takes nobody gets everything back. Facts: see ``facts``.
"""
