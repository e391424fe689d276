"""Workers a family wants to find again.

Knows which worker a family marked and when; her card is read as the search shows it. What a family likes is its own
affair: nobody else reads it, and no facts are written.
"""
