"""A station's services desk: the queue of the day, and the log of who was introduced to whom and what came of it.

Knows visitors as far as they say who they are.
"""
