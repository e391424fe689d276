"""The outside world for demo and tests: a stand-in for Stripe, the far end of SMS, the sample city, the demo itself.

Beside the house: no room imports it. Its servers are processes of their own.
"""
