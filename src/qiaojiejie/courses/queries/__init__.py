"""Read courses, and lock them."""
