"""The inbox: a notification for each step that concerns a person. Its words are made when it is read, by kind. Some
kinds go out as a text message too: so many a day, by night only what can't wait.

Knows accounts and kinds of message; knows nothing of the things they speak of beyond the ids in ``data``.
Writes no facts.
"""
