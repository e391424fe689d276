"""Training: courses, sessions with seats and a waiting list, attendance, assessment, certificate, subsidy.

Knows who learnt what and passed; the certificate is issued by ``certificates``. Facts: ``course.*``, ``session.*``,
``place.*``, ``claim.*`` (see ``facts``).
"""
