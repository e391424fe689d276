"""When a worker works, is away, is engaged; and the bitmap of her days by which the search asks who is free.

Knows worker numbers and times; knows nothing of what she is engaged for. One exclusion constraint over every path
keeps two engagements apart. Writes no facts (who engages her does).
"""
