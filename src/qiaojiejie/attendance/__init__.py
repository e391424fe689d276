"""Days worked in a longer engagement: written down by the worker, agreed to by the family or by its silence, released.

Knows whole and half days and their price; knows no Stripe. Facts: ``workday.recorded``, ``workday.agreed``,
``workday.contested``.
"""
