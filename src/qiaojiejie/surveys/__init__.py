"""Questionnaires to families and firms: a sample drawn in public, one answer each, results with n and their interval.

An answer is never joined to who gave it. Knows the frames of families and firms; sets no score. Facts: ``survey.*``.
"""
