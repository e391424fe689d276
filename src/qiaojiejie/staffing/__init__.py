"""A firm's own staff list, read from its spreadsheet as it is kept.

Knows rows, headers and what is wrong with them; a good row becomes a worker through ``workers``.
Lets everybody go whom a closed application had on its list.
Facts: ``staff_import.finished``.
"""
