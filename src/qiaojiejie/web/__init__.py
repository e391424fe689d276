"""Pages for people, over the same API a phone app uses: first the family's.

Knows how things look; decides nothing. Writes no facts.
"""
