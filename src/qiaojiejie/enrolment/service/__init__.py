"""Keep the register, grade firms, visit them."""
