"""A real primary and a real hot standby, with the whole app on both."""
