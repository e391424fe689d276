"""Skills competitions: levels with parents, entries, judges blind to each other, results anybody can compute again.

Knows marks, medals and titles; what they weigh is for credit, which reads the facts. Facts: ``competition.*`` (see
``facts``).
"""
