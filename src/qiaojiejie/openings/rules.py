"""What an opening may say. Pure."""

#: how wages are counted
UNITS = ("month", "day", "hour", "piece")
#: an opening is on the wall so many days at most; who is placed begins within so many
LONGEST, AHEAD = 180, 60
