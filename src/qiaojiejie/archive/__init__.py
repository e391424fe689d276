"""Old bookings, by the month they ended in: out of the hot tables, into one partition, into a Parquet file.

Knows what of a booking nobody reads any more and what keeps one here; knows no HTTP. A booking's row stays, and so do
money, credit, reviews and all that people are shown. Writes ``archive.month_written``.
"""
