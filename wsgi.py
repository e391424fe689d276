"""The WSGI entry point: ``granian --interface wsgi wsgi:app``; also what the ``flask`` command finds."""

from qiaojiejie import cli

app = cli.application()
