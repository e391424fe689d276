"""A cardholder's bank takes a payment back: what is at stake, the evidence, the verdict, and who bears the loss.

Knows a dispute as Stripe tells of it, what it takes out of the books, and what of a firm's debt was given up; has
refunds wait, and those that never left settled. Facts: ``dispute.opened``, ``dispute.answered``, ``dispute.conceded``,
``dispute.reopened``, ``dispute.won``, ``dispute.lost``, ``dispute.closed``; ``receivable.written_off``.
"""
