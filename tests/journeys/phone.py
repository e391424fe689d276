"""A family at her phone, in a real Chromium, and the wallet she pays with."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import segno

from tests.journeys.conftest import Live
from tests.web.browser import Browser, Page, browsing, program

#: what is read out to her, in order: an eye may miss a state that an ear has heard
LISTEN = """window.said = []; new MutationObserver(() => said.push(document.getElementById("heard").textContent))
    .observe(document.getElementById("heard"), {childList: true}); true"""
#: the wallet's address, which the QR says
WALLET = "[...document.querySelectorAll('a')].find(one => one.innerText.includes('模拟钱包')).href"


class Family:
    """Her page, and the stand-in for Stripe whose wallet she pays with."""

    def __init__(self, live: Live, browser: Browser, downloads: Path) -> None:
        self.browser, self.downloads = browser, downloads
        self.base = live.base.replace("127.0.0.1", "localhost")  # where wallets send her back to
        self._stripe = re.sub(r"\d+$", lambda port: str(int(port[0]) + 1), live.base)
        self.page = browser.open(self.base + "/")
        self.phone = browser.open("about:blank")  # with the wallet, when she scans
        self.page.turn()

    def control(self, **faults: float) -> None:
        """How Stripe breaks from now on."""
        asked = Request(f"{self._stripe}/_control", json.dumps(faults).encode(), {"Content-Type": "application/json"})
        urlopen(asked, timeout=10).close()

    def sign_in(self) -> None:
        """With the demo's household."""
        self.page.tap("我", "nav a")
        self.page.fill("手机号", "13800000001")
        self.page.tap("发送验证码")
        self.page.see("验证码已发送")
        self.page.fill("验证码", "000000")
        self.page.tap("登录", "button")
        self.page.see("最早可约")

    def hold(self, days: int = 0) -> str:
        """Takes the first free time of the first worker who is shown, or that of a day further on; the price as it was
        said."""
        page = self.page
        page.tap("找阿姨", "nav a")
        page.see("最早可约")
        page.tap("最早可约", "main a.card")
        page.until("document.querySelectorAll('.slots button').length > 0")
        if days:
            page.fill("日期", (date.today() + timedelta(days=days)).isoformat())
            self.slots()
        page.tap(page.run("document.querySelector('.slots button').innerText"), ".slots button")
        page.see("服务人员劳务费", "平台服务费", "合计")
        price = str(page.run("document.querySelector('tr.total td:last-child').innerText"))
        page.tap("预约并支付 " + price)
        page.see("时间已为您保留到", "微信支付", price)
        page.run(LISTEN)
        return price

    def slots(self) -> None:
        """Times are shown, and no others are on their way."""
        self.page.until("!document.querySelector('[aria-busy]') && !!document.querySelector('.slots button')")

    def scan(self) -> Page:
        """Asks for WeChat's QR and scans it: the wallet on her phone, which is not her page."""
        self.page.turn().tap("微信支付")
        shown = self.page.until("document.querySelector('img.qr')?.src")
        address = str(self.page.run(WALLET))
        assert shown == segno.make(address, error="m").svg_data_uri(scale=6)  # a camera reads just that
        assert self.page.run("document.querySelector('img.qr').getBoundingClientRect().height") > 200
        self.phone.turn().go(address)
        self.phone.see("确认支付")
        return self.phone

    def pay(self, phone: Page, button: str, said: str) -> None:
        """Presses a button of the wallet and comes back to the page."""
        phone.tap(button)
        phone.see(said)
        self.page.turn()

    def said(self) -> list[str]:
        """Everything that was read out since."""
        return list(self.page.run("window.said"))

    def booking(self) -> Any:
        """How the service says that the booking on the page stands."""
        return self.page.run("""fetch("/api/v1/bookings/" + location.hash.split("/")[2], {headers: {
            "X-Acting-As": "household", Authorization: "Bearer " + JSON.parse(sessionStorage.tokens).access_token}})
            .then(answer => answer.json())""")


@contextmanager
def at_her_phone(live: Live, folders: pytest.TempPathFactory) -> Iterator[Family]:
    """The demo's household, signed in; Stripe behaves again afterwards."""
    if program() is None:
        pytest.skip("chromium is not installed: .ci/run installs it")
    downloads = folders.mktemp("downloads")
    with browsing(folders.mktemp("chromium")) as browser:
        browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))
        family = Family(live, browser, downloads)
        try:
            family.sign_in()
            yield family
        finally:
            family.control()
