"""Read payouts, and lock them: a batch, then the firm's balance in the books, then an item."""
