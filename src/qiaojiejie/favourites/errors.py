"""How favourites refuse."""

from qiaojiejie.core.errors import Conflict


class FavouritesFull(Conflict):
    """最多收藏 {most} 位阿姨，请先取消不再需要的。
    You keep {most} favourites, which is the most; remove one first."""
