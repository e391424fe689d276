"""The arithmetic of competitions: who may enter, the draw, the ranks, what a set of rules must be. Pure."""
