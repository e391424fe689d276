"""Run the stand-in: ``python -m qiaojiejie.sandbox.stripe --port 8001 --state instance/stripe.sqlite``."""

import argparse
import logging
import signal
import threading

from werkzeug.serving import make_server

from qiaojiejie.sandbox.stripe.server import create_app


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="qiaojiejie.sandbox.stripe", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--public-url", default="", help="how a phone reaches the pay page; default http://HOST:PORT")
    parser.add_argument("--webhook-url", default="", help="where events are posted; nowhere when left out")
    parser.add_argument("--webhook-secret", default="whsec_demo")
    parser.add_argument("--state", required=True, help="SQLite file; made when it is not there")
    given = parser.parse_args()
    app = create_app(given.state, webhook_url=given.webhook_url, webhook_secret=given.webhook_secret,
                     public_url=given.public_url or f"http://{given.host}:{given.port}")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server(given.host, given.port, app, threaded=True)
    stopped = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stopped.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stopped.wait()
    server.shutdown()
    app.extensions["courier"].stop()
    server.server_close()


if __name__ == "__main__":
    main()
