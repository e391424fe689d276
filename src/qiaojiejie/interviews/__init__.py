"""A family and a worker meet at a station for half an hour, before an engagement by days: free of charge.

Knows who meets whom, where and when, whether they came, and what the family made of it; not whether it books her after.
The worker's time is engaged and a room reserved for as long as it stands. Facts: ``interview.*``.
"""
