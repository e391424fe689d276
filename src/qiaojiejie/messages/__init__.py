"""The inbox: a notification for each step that concerns a person. Its words are made when it is read, by kind.

Knows accounts and kinds of message; knows nothing of the things they speak of beyond the ids in ``data``.
Writes no facts.
"""
