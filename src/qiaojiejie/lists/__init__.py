"""The honour list, the block list and sanctions: who stands on which, since when, why, until when.

An entry is proposed with a reason by one officer of the federation and confirmed by another; whom it is about may
object first. Nothing is deleted. Knows workers and firms, and what is booked with them; knows no petition.
Facts: ``list.proposed``, ``list.entered``, ``list.rejected``, ``list.withdrawn``, ``list.correction_proposed``,
``list.correction_refused``, ``list.left``.
"""
