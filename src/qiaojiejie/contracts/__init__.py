"""Written contracts of engagements by days: drafted from the booking, in versions, signed with one-time codes.

Knows what 商务部令 2012 年第 11 号 asks of one, and the terms of a visit, which needs none. Moves no money and stops
nobody from working. Facts: ``contract.drafted``, ``contract.endorsed``, ``contract.signed``, ``contract.superseded``,
``contract.voided``.
"""
