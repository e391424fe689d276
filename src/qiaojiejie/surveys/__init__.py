"""Questionnaires to families and firms: a frame, invitations, one answer each, weighed results with their interval.

Knows answers without who gave them.
"""
