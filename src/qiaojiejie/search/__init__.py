"""Finding a worker who fits and is free: the list families read, and the calendars of all a filter finds, over what
workers and calendars keep.

Reads only; knows cards, skills and day bitmaps. Writes no facts.
"""
