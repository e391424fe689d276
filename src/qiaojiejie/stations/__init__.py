"""Community stations: where they are, who is there, their rooms and who has them when.

Also says for whom a station's clerk acts when somebody without a phone asks at her desk. Knows no worker or firm.
"""
