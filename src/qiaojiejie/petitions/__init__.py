"""Appeals, credit repairs and objections to lists: filed by whom they concern, decided by two officers in time.

Knows who may ask for what, until when, and what follows when it is granted; the score is worked out below.
Facts: ``petition.opened``, ``petition.returned``, ``petition.resubmitted``, ``petition.proposed``,
``petition.sent_back``, ``petition.decided``, ``petition.withdrawn``.
"""
