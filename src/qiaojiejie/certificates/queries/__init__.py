"""Read bodies and certificates, and lock them."""
