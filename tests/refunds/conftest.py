"""What giving back is tested with."""

from tests.family import books_balance, family  # noqa: F401
