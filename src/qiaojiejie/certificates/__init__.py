"""Certificates of skill issued here by accredited bodies, as credentials anybody can verify; and who answers for each.

Knows bodies, their signing keys, what was issued, and what was revoked; the paper in her file is a document beneath.
Facts: ``certificate.issued``, ``certificate.revoked``, ``body.accredited``, ``body.key_rotated``.
"""
