"""Chromium on a page, driven over its debugging pipe: what a person taps, types and reads."""

import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
         "--disable-extensions", "--disable-background-networking", "--disable-component-update",
         "--disable-dev-shm-usage", "--lang=zh-CN", "--remote-debugging-pipe")
PATIENCE = 15.0

#: an element by what a person sees of it: the smallest visible one of a kind that says so
_FIND = """(kinds, words) => [...document.querySelectorAll(kinds)].filter(
    one => one.checkVisibility() && !one.disabled && one.innerText.includes(words))
    .sort((a, b) => a.innerText.length - b.innerText.length)[0]"""


def program() -> str | None:
    """Where Chromium is on this machine."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Browser:
    """A running Chromium; ``open`` gives a page of it."""

    def __init__(self, folder: Path) -> None:
        (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
        command = [program() or "", *FLAGS, f"--user-data-dir={folder}", "about:blank"]
        self._process = subprocess.Popen(  # it speaks on its descriptors 3 and 4
            ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "bash", *command],
            env={**os.environ, "LANGUAGE": "zh_CN"}, pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self._out, self._in = ours_out, ours_in
        self._read, self._ids = b"", itertools.count(1)
        #: what pages complained of: errors nobody caught, policies broken
        self.complaints: list[str] = []

    def call(self, method: str, session: str | None = None, **params: Any) -> Any:
        """One command of the DevTools protocol; its answer."""
        number = next(self._ids)
        sent = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        os.write(self._out, json.dumps(sent).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            said = self._next(deadline)
            if said.get("id") == number:
                assert "error" not in said, (method, said)
                return said["result"]

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._in], [], [], max(0, deadline - time.monotonic()))
            assert ready, "the browser does not answer"
            self._read += os.read(self._in, 1 << 16)
        line, self._read = self._read.split(b"\0", 1)
        said: dict[str, Any] = json.loads(line)
        self._listen(said)
        return said

    def _listen(self, said: dict[str, Any]) -> None:
        if said.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(said["params"]["exceptionDetails"])[:600])
        elif said.get("method") == "Log.entryAdded" and said["params"]["entry"]["source"] in ("security", "violation"):
            self.complaints.append(said["params"]["entry"]["text"])

    def open(self, address: str, width: int = 390, height: int = 844) -> "Page":
        """A page of its own, as wide as a phone unless said otherwise."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        page = Page(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        for domain in ("Page", "Runtime", "Log"):
            page.call(f"{domain}.enable")
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        page.go(address)
        return page

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(timeout=20)
        os.close(self._out)
        os.close(self._in)


class Page:
    """What a person does and reads on one page."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session

    def call(self, method: str, **params: Any) -> Any:
        """A command to this page."""
        return self._browser.call(method, self._session, **params)

    def go(self, address: str) -> None:
        """Open an address."""
        self.call("Page.navigate", url=address)

    def turn(self) -> "Page":
        """Turn to this page: it was in the background while another was looked at."""
        self.call("Page.bringToFront")
        return self

    def run(self, script: str) -> Any:
        """The value of an expression on the page."""
        told = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, (script, told["exceptionDetails"])
        return told["result"].get("value")

    def until(self, script: str) -> Any:
        """What an expression gives once it gives anything true."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = self.run(script)
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{script}\nnever came true on:\n{self.text()}")

    def text(self) -> str:
        """What there is to read."""
        return str(self.run("document.body ? document.body.innerText : ''"))

    def see(self, *words: str) -> None:
        """Wait until all of it can be read."""
        for each in words:
            self.until(f"document.body && document.body.innerText.includes({json.dumps(each)})")

    def tap(self, words: str, kinds: str = "button, a, summary") -> None:
        """Tap what says so, once it is there and can be tapped: a real tap, so what lies over it would get it."""
        found = f"({_FIND})({json.dumps(kinds)}, {json.dumps(words)})"
        self.until(f"!!{found}")
        at = self.run(f"""(() => {{ const one = {found}; one.scrollIntoView({{block: "center"}});
            const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2] }})()""")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], button="left", clickCount=1)

    def fill(self, label: str, value: str) -> None:
        """Type into, or choose in, the field with this label."""
        field = f"""[...document.querySelectorAll("label")].find(one => one.checkVisibility() &&
            one.innerText.startsWith({json.dumps(label)}))?.querySelector("input, select, textarea")"""
        self.until(f"!!({field})")
        self.run(f"""(() => {{ const one = {field}; one.focus(); one.value = {json.dumps(value)};
            one.dispatchEvent(new Event("input", {{bubbles: true}}));
            one.dispatchEvent(new Event("change", {{bubbles: true}})) }})()""")

    def picture(self, path: Path) -> None:
        """What it looks like, from top to end."""
        height = self.run("document.documentElement.scrollHeight")
        width = self.run("innerWidth")
        told = self.call("Page.captureScreenshot", captureBeyondViewport=True,
                         clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1})
        path.write_bytes(base64.b64decode(told["data"]))


@contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    """A Chromium that ends with the test; no page of it may have complained."""
    browser = Browser(folder)
    try:
        yield browser
        assert browser.complaints == []
    finally:
        browser.close()
