"""Say where a firm is paid; make batches and decide on them; send, by bank or Stripe; print statements."""
