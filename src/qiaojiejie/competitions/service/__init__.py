"""What competitions do: draft and lead them, enter workers, judge blind, publish, hear objections, honour."""
