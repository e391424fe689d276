"""A cardholder's bank takes a payment back: what is at stake, the evidence, the verdict, and who bears the loss.

Knows a dispute as Stripe tells of it; knows no refund. Facts: ``dispute.opened``, ``dispute.answered``,
``dispute.won``, ``dispute.lost``.
"""
