"""Workers: her file, her firm, her services with prices, and the card families see.

Knows what she offers and, as dates, what was verified of her; knows no paper and no booking. Her score, rating and
verified dates are pushed down by the rooms above. Facts: ``worker.joined``, ``worker.left``, ``worker.changed``.
"""
