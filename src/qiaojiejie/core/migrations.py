"""Which migrations there are, and Flask-Migrate on the app, loaded when somebody migrates: with Alembic it is 13 MB."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "migrations"


def head() -> str:
    """The newest migration this code knows: each is called by its number."""
    return max(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("*.py"))


class Unread:
    """Stands for Flask-Migrate's extension until something of it is asked for, then makes room for it."""

    def __init__(self, app: "Flask") -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        from qiaojiejie.core.db import db

        Migrate(self._app, db, directory=str(FOLDER), compare_type=True)
        return getattr(self._app.extensions["migrate"], name)
