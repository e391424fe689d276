"""Housekeeping firms: registration, the federation's decision on it, and the file open to everybody.

Knows a firm's papers and standing on the platform; knows no worker.
Facts: ``firm.applied``, ``firm.changed``, ``firm.review_started``, ``firm.returned``, ``firm.accepted``,
``firm.suspended``, ``firm.resumed``, ``firm.closed``, ``firm.renewal_submitted``, ``firm.renewal_accepted``,
``firm.renewal_refused``.
"""
