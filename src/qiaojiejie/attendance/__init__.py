"""Days worked in a longer engagement: written down by the worker, agreed to by the family or by its silence, released.

Knows whole and half days and their price, and how an engagement comes to its end; knows no Stripe. Facts:
``workday.recorded``, ``workday.agreed``, ``workday.contested``, ``workday.struck``.
"""
