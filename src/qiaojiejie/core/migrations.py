"""Flask-Migrate on the app, loaded when somebody migrates: with Alembic it is 13 MB, which no web process needs."""

from typing import Any

from flask import Flask

from qiaojiejie.core.db import db


class Unread:
    """Stands for Flask-Migrate's extension until something of it is asked for, then makes room for it."""

    def __init__(self, app: Flask, directory: str) -> None:
        self._app, self._directory = app, directory

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        Migrate(self._app, db, directory=self._directory, compare_type=True)
        return getattr(self._app.extensions["migrate"], name)
