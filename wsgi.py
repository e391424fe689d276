"""The WSGI entry point: ``granian --interface wsgi wsgi:app``; also what the ``flask`` command finds."""

from qiaojiejie import cli
from qiaojiejie.core import leaving

leaving.listen()
app = cli.application()
