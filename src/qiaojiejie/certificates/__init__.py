"""Certificates issued here: accredited bodies, their keys, credentials anybody can check offline, revocation.

Knows bodies, keys and what they signed; who passed what is for the courses above. Papers of elsewhere are recorded and
verified in ``documents``. Facts: ``body.*``, ``certificate.*`` (see ``facts``).
"""
