"""Workers: her file, firm, dated documents, services with prices, and the card families see.

Knows what she offers and what was verified of her; knows no booking. Her score and rating are pushed down by the rooms
above. Facts: ``worker.joined``, ``worker.left``, ``worker.changed``, ``document.recorded``, ``document.verified``,
``document.rejected``, ``document.withdrawn``.
"""
