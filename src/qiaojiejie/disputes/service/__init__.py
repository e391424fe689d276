"""Disputes: hear of them, answer or give in, book what the bank decides; and give up what a firm can't pay back."""

from qiaojiejie.disputes.service.answers import answer, concede, look_again
from qiaojiejie.disputes.service.news import NEWS, tell
from qiaojiejie.disputes.service.verdicts import apply, discover, look_at
from qiaojiejie.disputes.service.write_offs import write_off

__all__ = ["NEWS", "answer", "apply", "concede", "discover", "look_again", "look_at", "tell", "write_off"]
