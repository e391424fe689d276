"""What a favourite is to a family today: pure."""

#: favourites a family may keep; this platform's own choice
MOST_FAVOURITES = 200

STATUSES = {"available": "可预约", "paused": "暂不接单", "left": "已离开企业", "barred": "在黑名单上"}


def status(*, barred: bool, listed: bool, employed: bool) -> str:
    """One of STATUSES. ``barred``: she or her firm is on the block list; ``employed``: she works through a firm."""
    if barred:
        return "barred"
    if not employed:
        return "left"
    return "available" if listed else "paused"
