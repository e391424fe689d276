"""The stand-in put together."""

from flask import Flask

from qiaojiejie.sandbox.stripe.frame import Desk, as_json
from qiaojiejie.sandbox.stripe.pages import pages
from qiaojiejie.sandbox.stripe.refusals import StripeRefusal
from qiaojiejie.sandbox.stripe.routes import api


def create_app(path: str, *, webhook_url: str, webhook_secret: str, public_url: str) -> Flask:
    """The stand-in as a Flask app, its courier started. ``path``: the SQLite file."""
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    made = Desk(path, webhook_url=webhook_url, webhook_secret=webhook_secret, public_url=public_url)
    app.extensions.update(desk=made, courier=made.courier)
    app.register_blueprint(api)
    app.register_blueprint(pages(made.money, made.state))
    app.register_error_handler(StripeRefusal, lambda refusal: as_json(refusal.body, refusal.status))
    app.teardown_appcontext(lambda _: made.state.close())
    made.courier.start()
    return app
