"""The WSGI entry point: ``granian --interface wsgi wsgi:app``; also what the ``flask`` command finds."""

import gc

gc.disable()  # all that is loaded stays: looking for garbage in it takes a quarter of the start

from qiaojiejie import cli  # noqa: E402
from qiaojiejie.core import leaving  # noqa: E402

leaving.listen()
app = cli.application()
gc.freeze()
gc.enable()
