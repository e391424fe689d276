"""The jobs wall (送岗位): openings by firms and bases, applications, placements.

Knows who was placed where; counts them.
"""
