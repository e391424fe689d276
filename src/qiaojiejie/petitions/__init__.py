"""Petitions about credit: an appeal against an event, a repair, an objection to a list, decided by two people.

Knows who asks, why, on what evidence and by when it is decided. What a decision changes it tells ``credit`` or ``lists``.
Facts: ``petition.opened``, ``petition.returned``, ``petition.proposed``, ``petition.decided``, ``petition.withdrawn``.
"""
