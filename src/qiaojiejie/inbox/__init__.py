"""What an outside system told us: stored before it is handled, handled once, asked after when its job was lost.

Knows an event's id, its type and the id of the object it speaks of; believes nothing else in it. Rooms above say
which objects they look after. Writes no facts.
"""
