"""The replacement guarantee of an engagement by days: a trial, another worker within so many days, the trial again.

Knows until when a family may say that she does not suit, who is offered instead and when the promise is broken; knows
nothing of Stripe. Facts: see ``facts``.
"""
