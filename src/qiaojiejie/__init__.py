"""巧姐姐: the service by which a city's women's federation lets families trust who comes into their home."""
