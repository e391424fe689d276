"""Plan courses and sessions, give out seats, record attendance, assess, certify, claim subsidies."""
