"""Workers a family wants to find again."""
