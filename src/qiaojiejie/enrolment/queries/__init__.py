"""Read the register, gradings, visits and what waits."""
