"""A stand-in for Stripe: PaymentIntents, refunds, events and signed webhooks, over HTTP, for demo and tests.

Run it as a process: ``python -m qiaojiejie.sandbox.stripe --port N --webhook-url URL --webhook-secret S --state FILE``.
It follows Stripe's rules where money could go astray (idempotency, over-refunds, forward-only states, refused
parameters) and breaks on demand (``POST /_control``). Two things differ from Stripe: an unconfirmed card intent has a
``next_action`` with a pay page (there is no Stripe.js here), and amounts are never converted or charged a fee.
"""
