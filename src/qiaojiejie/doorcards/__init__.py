"""Who stands at the door: a card on her phone whose QR lives a minute, the family's scan; a deeper look by her grant.

The colour and everything else on the card is worked out from dated papers when it is asked. Facts: ``door.*``.
"""
