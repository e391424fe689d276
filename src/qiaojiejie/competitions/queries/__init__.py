"""Read competitions, entrants, juries, results and objections, and lock them."""
