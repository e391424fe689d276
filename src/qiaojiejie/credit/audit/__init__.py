"""``credit-audit``: checks the public log, the scores and the audits from outside, with nothing but a public address.

Knows HTTP, the log's arithmetic and the rule; no database, no account. Files: ``site`` (what is fetched),
``tree`` (the log read leaf by leaf), ``memory`` (what was seen last time), ``copying``, ``verifying``,
``replaying``, ``sampling``, ``witnessing``, ``command``.
"""

from qiaojiejie.credit.audit.command import main

__all__ = ["main"]
