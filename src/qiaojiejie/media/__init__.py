"""Uploaded images and documents: sniffed, limited, re-encoded, stripped of metadata, stored on disk or S3;
photos also in the widths they are shown in.

Knows who uploaded what; knows nothing of what the picture is used for. Writes no facts.
"""
