"""What the federation publishes by month and quarter: figures of the platform as JSON, workbook and PDF.

Knows periods and their figures, counted from the rooms below; computes no score. Facts: ``publication.published``.
"""
