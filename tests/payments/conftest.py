"""What paying is tested with."""

from tests.family import books_balance, family  # noqa: F401
