"""Node, for the scripts of the pages."""

import json
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from qiaojiejie.web.pages import STATIC

Node = Callable[[str, Any], Any]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """Runs a script's body with ``given`` in hand; what it ``say``s comes back."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed: .ci/run installs it")
    folder = tmp_path_factory.mktemp("node")
    for path in STATIC.glob("*.js"):
        shutil.copy(path, folder)
    (folder / "package.json").write_text('{"type": "module"}')

    def run(body: str, about: Any) -> Any:
        (folder / "given.json").write_text(json.dumps(about))
        (folder / "run.js").write_text(f"""import {{ readFileSync, writeFileSync }} from "node:fs";
            const given = JSON.parse(readFileSync("given.json", "utf-8"));
            const say = told => writeFileSync("said.json", JSON.stringify(told));
            {body}""")
        done = subprocess.run(["node", "run.js"], cwd=folder, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads((folder / "said.json").read_text())

    return run
