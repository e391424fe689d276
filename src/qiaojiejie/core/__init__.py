"""What every room stands on: database, HTTP frame, errors, jobs, lifecycles, money, clock, secrets.

Knows nothing of families, firms or workers. Writes no facts.
"""

import sys

# structlog loads rich wherever it is installed, to draw tracebacks on a terminal; our lines are JSON
_rich = sys.modules.pop("rich", None)
sys.modules["rich"] = None  # type: ignore[assignment]
import structlog  # noqa: E402, F401

del sys.modules["rich"]
if _rich is not None:
    sys.modules["rich"] = _rich
