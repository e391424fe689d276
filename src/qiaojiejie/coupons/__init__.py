"""What is taken off a price: coupons of the platform or of a firm, each used as often as it says and no more.

Knows codes, to whom one was granted, what they take off, who pays for it and which booking used one; knows no money.
Facts: ``coupon.issued``, ``coupon.granted``, ``coupon.used``, ``coupon.returned``, ``coupon.ended``.
"""
