"""What happened, in order, never changed.

Knows facts, who they are about and who did them; knows no room's tables, and never a name, phone or ID number.
A room writes a fact last in the transaction that made it true; rooms above follow it in jobs. Writes no facts itself.
"""
