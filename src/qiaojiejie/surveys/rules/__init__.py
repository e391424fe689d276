"""How a sample is drawn, what an answer must hold, how answers become results. Pure."""
