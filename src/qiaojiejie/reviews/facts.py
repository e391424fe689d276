"""What reviews write in the ledger (subject ``booking:id``)."""

WRITTEN = "review.written"        # {review, side}
#: {review, side, household, worker, firm, service, category, start, overall, aspects: {skill, attitude, …}}
PUBLISHED = "review.published"
