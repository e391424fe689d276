"""A family at her phone, in a real Chromium: books, scans, pays, waits while nobody knows, cancels, is refunded."""

import re
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from tests.journeys.conftest import Live
from tests.journeys.phone import LISTEN, WALLET, Family, at_her_phone

pytestmark = pytest.mark.timeout(300)  # the demo starts first, with its city


@pytest.fixture(scope="module")
def family(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Family]:
    with at_her_phone(live, tmp_path_factory) as family:
        yield family


def test_she_pays_by_qr_after_a_declined_try_cancels_and_sees_her_money_back(family: Family) -> None:
    family.control(refund_delay=4)
    page, price = family.page, family.hold()
    family.pay(family.scan(), "拒绝付款", "支付未完成")
    page.see("这次没有付成，没有扣款", "余额不足")
    family.pay(family.scan(), "确认支付", "支付成功")
    page.see("付款成功，预约已确认", "开门码", "已付")

    page.tap("打开收据 PDF")
    paper = family.downloads / "巧姐姐收据.pdf"
    deadline = time.monotonic() + 10
    while not paper.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert paper.read_bytes().startswith(b"%PDF")

    page.tap("取消预约")
    page.see("退回给您")
    assert page.run("document.querySelector('td.price').innerText") == price  # five minutes' grace
    page.tap(f"确认取消，退回 {price}")
    page.see("预约已取消", f"已提交 {price}")
    page.see(f"已到账 {price}")
    assert family.booking()["state"] == "cancelled"


def test_a_try_that_ran_out_costs_nothing_and_another_wallet_brings_her_back_to_a_confirmed_booking(
        family: Family) -> None:
    page, _ = family.page, family.hold()
    family.pay(family.scan(), "不付，让它超时", "支付未完成")
    page.see("这次没有付成，没有扣款", "付款超时了")
    page.tap("支付宝")
    page.tap("确认支付")
    page.tap("返回巧姐姐")
    page.see("付款成功，预约已确认", "开门码")
    assert family.booking()["paid"]["amount"] > 0


def test_while_nobody_knows_it_is_being_confirmed_and_never_failed(family: Family) -> None:
    page, _ = family.page, family.hold()
    family.control(down=1)
    page.tap("微信支付")
    page.see("正在确认", "支付渠道暂时连不上，正在自动重试")
    family.control(reorder=1, seed=3680)  # and from here on news comes up to two seconds late
    page.see("请用微信扫一扫付款")
    phone = family.phone.turn()
    phone.go(page.run(WALLET))
    phone.see("确认支付")
    page.turn().tap("我已付款")
    page.see("正在确认", "请不要重复付款")
    family.pay(phone.turn(), "确认支付", "支付成功")
    assert family.booking()["state"] == "held"
    page.see("正在确认")
    page.see("付款成功，预约已确认")
    heard = "".join(family.said())
    assert "正在确认" in heard and not re.search("失败|没有付成|failed|被拒绝", heard), heard


def test_she_moves_a_visit_for_nothing_and_makes_it_longer_for_the_difference(family: Family) -> None:
    page, _ = family.page, family.hold(days=9)
    family.pay(family.scan(), "确认支付", "支付成功")
    page.see("付款成功，预约已确认")
    before = family.booking()
    page.tap("改时间")
    family.slots()
    page.fill("日期", (date.today() + timedelta(days=10)).isoformat())
    family.slots()
    page.tap(page.run("document.querySelector('.slots button').innerText"), ".slots button")
    page.see("新的合计", "取消费按最早约定的")
    page.tap("确认改期，不收费")
    page.see("已改到")
    moved = family.booking()
    assert moved["start"] != before["start"] and moved["total"] == before["total"] and moved["paid"] == before["paid"]

    page.tap("改时间")
    family.slots()
    page.fill("时长", str(before["minutes"] + 60))
    family.slots()
    page.tap(datetime.fromisoformat(moved["start"]).strftime("%H:%M"), ".slots button")
    page.tap("改期，补差价")
    page.see("改期待补差价", "时间已为您保留到")
    assert family.booking()["start"] == moved["start"]
    page.run(LISTEN)
    family.pay(family.scan(), "确认支付", "支付成功")
    page.see("差价已付清，时间已改好")
    longer = family.booking()
    assert longer["minutes"] == before["minutes"] + 60 and longer["paid"] == longer["total"]


def test_a_worker_she_marked_is_found_again_under_me(family: Family) -> None:
    page = family.page.turn()
    page.tap("找阿姨", "nav a")
    page.see("最早可约")
    page.tap("最早可约", "main a.card")
    page.tap("♡ 收藏")
    page.see("♥ 已收藏")
    hers, called = page.run("location.hash"), page.run("document.querySelector('main .name').innerText")
    page.tap("我", "nav a")
    page.tap("我的收藏", "main a.card")
    page.see("My favourites", called, "最早可约")
    page.tap("最早可约", "main a.card")
    page.see("♥ 已收藏")
    assert page.run("location.hash") == hers
    page.tap("♥ 已收藏")
    page.see("♡ 收藏")
    page.tap("我", "nav a")
    page.tap("我的收藏", "main a.card")
    page.see("还没有收藏")


def test_whom_it_is_for_is_chosen_when_she_books_and_said_on_the_booking(family: Family) -> None:
    page = family.page.turn()
    page.tap("我", "nav a")
    page.tap("需要照护的家人", "main a.card")
    page.fill("姓名", "诸葛桂兰")
    born = date.today().year - 78
    page.fill("出生年份", str(born))
    page.tap("半自理", "label")
    page.tap("保存家人")
    page.see("诸***（父母）", f"{born} 年生 · 半自理")
    page.tap("找阿姨", "nav a")
    page.see("最早可约")
    page.tap("最早可约", "main a.card")
    page.until("document.querySelectorAll('.slots button').length > 0")
    page.fill("为谁预约", str(page.run("[...document.querySelectorAll('option')].find("
                                   "one => one.innerText.includes('诸***')).value")))
    page.tap(page.run("document.querySelector('.slots button').innerText"), ".slots button")
    page.tap("预约并支付")
    page.see("时间已为您保留到", "照护对象：父母 · 70–79 岁 · 半自理")
    page.tap("我", "nav a")
    page.tap("需要照护的家人", "main a.card")
    page.tap("删除")
    page.until("!document.body.innerText.includes('诸***')")


def test_a_booking_she_gave_up_is_had_again_as_it_was(family: Family) -> None:
    page, price = family.page, family.hold()
    before = family.booking()
    page.tap("取消预约")
    page.tap("确认取消")
    page.see("预约已取消", "照原样再约一次")
    page.tap("照原样再约一次", "summary")
    page.until("document.querySelectorAll('.slots button').length > 0")
    page.tap(page.run("document.querySelector('.slots button').innerText"), ".slots button")
    page.until(f"document.querySelector('details[open] tr.total')?.innerText.includes('{price}')")
    page.tap("按今天的价格预约")
    page.see("时间已为您保留到")
    after = family.booking()
    assert after["id"] != before["id"]
    for same in ("worker_id", "service_code", "address_id", "minutes", "total"):
        assert after[same] == before[same]
