"""What certificates write in the ledger. The public log takes up all but proposals; of workers no serial, no name."""

#: subject ``body:id``
PROPOSED = "body.proposed"          # {occupations}
ACCREDITED = "body.accredited"      # {slug, name, occupations, key, public}
DECLINED = "body.declined"          # {}
SUSPENDED = "body.suspended"        # {slug, reason}
RESUMED = "body.resumed"            # {slug}
KEY_ROTATED = "body.key_rotated"    # {slug, key, public, replaces, compromised}

#: subject ``worker:id``
ISSUED = "certificate.issued"       # {serial, credential (SHA-256), body, key, occupation, level}
RESIGNED = "certificate.resigned"   # {serial, credential, body, key}: signed again, its first key was compromised
REVOKED = "certificate.revoked"     # {serial, credential, body, reason (a code)}
