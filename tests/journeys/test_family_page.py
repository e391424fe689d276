"""What a family sees of all a booking can come to, in a real Chromium: the firm asked, somebody else, a chat, a need, a
nurse for a due date with her contract, a call for help."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.journeys.conftest import Live
from tests.journeys.phone import Family, at_her_phone

pytestmark = pytest.mark.timeout(300)  # the demo starts first, with its city

TOKEN = "JSON.parse(sessionStorage.tokens).access_token"


class Firm:
    """The demo's firm, over HTTP."""

    def __init__(self, live: Live) -> None:
        self.live, phone = live, {"phone": "13800000002"}
        self.headers: dict[str, str] = {}
        self.ask("POST", "/auth/codes", phone)
        token = self.ask("POST", "/auth/tokens", {**phone, "code": "000000"})["access_token"]
        self.headers = {"Authorization": f"Bearer {token}", "X-Acting-As": "firm_manager"}
        self.id = next(each["org_id"] for each in self.ask("GET", "/me")["roles"] if each["role"] == "firm_manager")

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request that is granted; its answer."""
        status, answer = self.live.call(method, "/api/v1" + path, body, {**self.headers, **headers})
        assert status < 300, answer
        return answer

    def workers(self, service: str) -> list[Any]:
        """Who of it does a service."""
        return list(self.ask("GET", f"/workers?firm={self.id}&service={service}&limit=20")["items"])

    def answers_within(self, minutes: int | None) -> None:
        """How long it may think about a booking of cleaning."""
        self.ask("PUT", f"/firms/{self.id}/answer-windows/cleaning", {"minutes": minutes})


@pytest.fixture(scope="module")
def family(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Family]:
    with at_her_phone(live, tmp_path_factory) as family:
        yield family


@pytest.fixture(scope="module")
def firm(live: Live) -> Firm:
    return Firm(live)


def shown(family: Family, address: str, *words: str) -> None:
    """Goes to an address of the page."""
    family.page.turn().run(f"location.hash = '{address}'")
    family.page.see(*words)


def day(ahead: int) -> str:
    return (date.today() + timedelta(days=ahead)).isoformat()


def test_the_firm_is_asked_offers_somebody_else_and_what_is_said_is_read(family: Family, firm: Firm) -> None:
    page, worker = family.page, firm.workers("cleaning")[0]
    firm.answers_within(120)
    try:
        shown(family, f"#/w/{worker['id']}", "预约", worker["name"])
        page.fill("服务", "cleaning")
        family.slots()
        page.fill("日期", day(11))
        family.slots()
        page.tap(page.run("document.querySelector('.slots button').innerText"), ".slots button")
        page.see("企业须在 2 小时内答复")
        page.tap("预约并支付")
        page.see("时间已为您保留到")
        family.pay(family.scan(), "确认支付", "支付成功")
        page.see("付款成功，等待企业答复", "婉拒或逾期不答复，全额退款")
    finally:
        firm.answers_within(None)
    booking = family.booking()
    mine = f"/bookings/{booking['id']}"
    firm.ask("POST", f"{mine}/acceptances", {})
    page.see("企业已接单，预约已确认")

    fitting = [each["worker"] for each in firm.ask("GET", f"{mine}/substitutes")["items"]][:2]
    firm.ask("POST", f"{mine}/substitutions", {
        "reason": "worker_ill", "worker_ids": [each["id"] for each in fitting]})
    firm.ask("POST", f"{mine}/messages", {"words": "抱歉临时换人，有事请打 13912345678"})
    page.run("location.reload()")
    page.see("企业请您换一位阿姨", *[f"{each['grade']} · {each['score']}" for each in fitting],
             f"都不要，免费取消，退回 {booking['paid']['display']}")
    page.tap(f"换成{fitting[0]['name']}")
    page.see(f"已换成{fitting[0]['name']}", "开门码已更换")
    now = family.booking()
    assert now["worker_id"] == fitting[0]["id"] and now["total"] == booking["total"]

    page.see("1 条未读")
    page.tap("聊天", "summary")
    page.see("抱歉临时换人，有事请打 13912345678", "消息中含有电话号码")
    page.until("!document.body.innerText.includes('条未读')")
    page.fill("说点什么", "没关系，请按门铃")
    page.tap("发送", "button")
    page.until("document.querySelector('.said .mine')?.innerText.includes('没关系，请按门铃')")
    assert firm.ask("GET", f"{mine}/messages?limit=1")["items"][0]["words"] == "没关系，请按门铃"


def test_a_need_is_posted_its_quotes_compared_and_one_is_ordered(family: Family, firm: Firm) -> None:
    page = family.page
    shown(family, "#/needs", "我的需求")
    page.tap("发布一个需求", "summary")
    page.fill("服务", "cleaning")
    page.fill("时间", "among")
    page.fill("最早哪天", day(4))
    page.fill("最晚哪天", day(9))
    page.fill("预算", "120")
    page.tap("发布，请企业报价")
    page.see("等企业报价")
    need = page.run("location.hash.split('/')[2]")
    for price, worker in zip((3600, 4900), firm.workers("cleaning")[1:3], strict=True):
        free = firm.ask("GET", f"/workers/{worker['id']}/availability?from={day(4)}T08:00:00%2B08:00"
                               f"&until={day(9)}T00:00:00%2B08:00&minutes=120")["starts"]
        firm.ask("POST", f"/needs/{need}/quotes", {
            "worker_id": worker["id"], "price_fen": price, "start": free[0], "message": "自带工具"})
    page.tap("看看有没有新报价")
    page.see("比较报价", "最低", "比最低多", "自带工具")
    first = page.run("document.querySelector('.beside-each thead a').innerText")
    page.tap(f"选{first}")
    page.see("时间已为您保留到", first)
    shown(family, f"#/n/{need}", "已选定", "查看预约")


def test_a_nurse_for_a_due_date_is_engaged_with_a_contract_and_comes_when_the_child_does(
        family: Family, firm: Firm) -> None:
    page = family.page
    papers = [each for each in firm.workers("maternity_nurse") if len(each["certificates"]) > 1]
    shown(family, f"#/w/{papers[0]['id']}", "预约", papers[0]["name"])
    page.fill("服务", "maternity_nurse")
    page.fill("几个宝宝", "2")
    page.fill("预产期", day(60))
    page.see("双胞胎，劳务费按 1.5 倍计", f"预产期 {day(60)}", "小时计半天")
    page.tap("预约并付定金")
    page.see("时间已为您保留到")
    family.pay(family.scan(), "确认支付", "支付成功")
    page.see("付款成功，预约已确认", "宝宝出生了吗")

    page.tap("起草合同")
    page.see("请阅读后签署", "家政服务合同")
    page.tap("签署：获取验证码")
    page.see("验证码已发到您登录的手机")
    page.fill("验证码", "000000")
    page.tap("签署", "form button")
    page.see("您已签署合同", "等企业签署")

    page.fill("从哪天开始", day(59))
    page.tap("就从这天开始")
    page.see("阿姨从")
    assert family.booking()["start"].startswith(day(59))
    page.tap("内容有变化，起草新的版本")
    page.see("合同第 2 版已起草", "与上一版不同", "以前的 1 个版本")


def test_help_is_called_for_once_it_is_meant_and_taken_back(family: Family, firm: Firm) -> None:
    page = family.page
    there = firm.ask("GET", "/bookings?state=under_way&limit=1", Authorization=f"Bearer {page.run(TOKEN)}",
                     **{"X-Acting-As": "household"})["items"][0]
    shown(family, f"#/b/{there['id']}", "一键求助")
    page.tap("SOS 求助")
    page.see("现在就通知企业和妇联值班？")
    assert firm.ask("GET", "/alarms?state=open")["items"] == []
    page.tap("确认求助")
    page.see("已通知企业和妇联值班", "等待响应")
    called = firm.ask("GET", "/alarms?state=open")["items"]
    assert [each["booking_id"] for each in called] == [there["id"]]
    firm.ask("POST", f"/alarms/{called[0]['id']}/answers", {"answer": "acknowledge"})
    page.see("已响应，正在处理")
    page.tap("我安全了，撤回求助")
    page.see("已报平安，求助已撤回")
    assert firm.ask("GET", f"/alarms/{called[0]['id']}")["state"] == "withdrawn"
