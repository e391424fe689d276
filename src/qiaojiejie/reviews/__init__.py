"""What a family and a worker said of each other, hidden until both have written or seven days have passed.

Knows marks and words; knows nothing of scores. Facts: ``review.written``, ``review.published``.
"""
