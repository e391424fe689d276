"""What an address book may hold: pure, no clock."""

#: addresses a family may keep; this platform's own choice
MOST_ADDRESSES = 20

#: how far from a region's centre a place may lie and still be believed; no county here is 60 km across
FAR_M = 80_000


def written(lng: float, lat: float) -> str:
    """A WGS-84 place as it is sealed: "118.273500,33.939100" (six decimals, about 10 cm)."""
    return f"{lng:.6f},{lat:.6f}"


def place_of(text: str) -> tuple[float, float]:
    """The (lng, lat) of a place written by ``written``."""
    lng, _, lat = text.partition(",")
    return float(lng), float(lat)
