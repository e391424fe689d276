"""What competitions write in the ledger: about a competition (subject ``competition:id``), or about whom it concerns.

Data about an entrant or an honour holds {competition}; never a name.
"""

DRAFTED = "competition.drafted"                          # {level, year}
ENTRIES_OPENED = "competition.entries_opened"            # {draw_commitment, rule_sha256}
ENTRIES_CLOSED = "competition.entries_closed"            # {entrants}
JUDGING_BEGUN = "competition.judging_begun"              # {judges}
SEALED = "competition.sealed"                            # {raw_sha256, sheets, missing}
PUBLISHED = "competition.results_published"              # {edition, sha256, entrants, state}
FINALISED = "competition.finalised"                      # {edition, sha256}
CANCELLED = "competition.cancelled"

ENTERED = "competition.entered"                          # worker: {entrant, event, via}
WITHDRAWN = "competition.entry_withdrawn"                # worker: {entrant, event}
NUMBER_DRAWN = "competition.number_drawn"                # worker: {entrant, event}
PLACED = "competition.placed"                            # worker: {entrant, event, edition}

JUDGE_APPOINTED = "competition.judge_appointed"          # {judge, kind}
JUDGE_DISMISSED = "competition.judge_dismissed"          # {judge, kind}

OBJECTED = "competition.objected"                        # worker: {objection, entrant, ground}
OBJECTION_UPHELD = "competition.objection_upheld"        # worker: {objection, entrant, marks}
OBJECTION_DISMISSED = "competition.objection_dismissed"  # worker: {objection, entrant}
OBJECTION_WITHDRAWN = "competition.objection_withdrawn"  # worker: {objection, entrant}

MEDAL_AWARDED = "competition.medal_awarded"              # worker: {honour, medal, event, level: 1–3}
TITLE_NAMED = "competition.title_named"                  # worker: {honour, title, level: 1–3}
HONOUR_REVOKED = "competition.honour_revoked"            # worker: {honour, ref: the ledger entry that gave it}
HEAD_NAMED = "competition.head_named"                    # firm: {honour, title}
HEAD_REVOKED = "competition.head_revoked"                # firm: {honour, title}
