"""The jobs wall: openings of firms and of a station's employers, who applied, who was introduced, who was placed.

Counts placements as employers record and people confirm them; knows no booking. Facts: ``opening.*``, ``job.*``.
"""
