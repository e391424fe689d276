"""Calendar feeds: a worker's or a family's bookings for any calendar app, at a secret address that can be taken back.

Knows who has a feed; reads bookings when one is fetched and shows nothing private of them. Facts: ``feed.*``.
"""
