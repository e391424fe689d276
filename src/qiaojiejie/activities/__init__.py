"""Four-entry activities (四进) of the stations: sign-up, attendance, photos.

Knows who came to what; knows no booking.
"""
