"""The door card (居家上门服务证): who stands at the door, shown for a minute at a time; and her grants of a deeper look.

Derives everything from dated evidence when it is read; stores no colour.
"""
