"""What is flagged, what is masked, how long a chat is open and kept."""

from datetime import UTC, datetime, timedelta

import pytest

from qiaojiejie.casework.rules import look_again
from qiaojiejie.chat import rules
from qiaojiejie.chat.errors import ChatOver

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)

WRITTEN = ["13800010001", "138 0001 0001", "138-0001-0001", "1 3 8 0 0 0 1 0 0 0 1", "一三八零零零一零零零一", "幺三八〇〇〇幺〇〇〇幺",
           "１３８０００１０００１", "①③⑧零零零①零零零①", "+86 13800010001", "8613800010001", "1.3.8.0.0.0.1.0.0.0.1",
           "138零零零1零零零1", "1\u200b3\u200b8\u200b00010001", "1️⃣3️⃣8️⃣00010001", "壹叁捌零零零壹零零零壹"]


@pytest.mark.parametrize("number", WRITTEN)
def test_a_phone_number_is_flagged_and_masked_however_it_is_written(number: str) -> None:
    said = f"请打{number}找我"
    assert rules.flags(said) == ["phone"]
    masked = rules.masked(said)
    assert masked.startswith("请打") and masked.endswith("138****0001找我") and not rules.flags(masked)


@pytest.mark.parametrize("said", [
    "明天上午9点到，两个人，3小时", "门牌 1203，2026-12-01 10:00 见", "身份证后四位 0001", "共 138 元", "订单 20261201100000999",
    "一三五七九都可以", "12345678901", "3 斤苹果 8 斤梨，0 个桃", "", "参加我们的活动"])
def test_other_figures_and_words_are_not_flagged(said: str) -> None:
    assert rules.flags(said) == [] and rules.masked(said) == said


@pytest.mark.parametrize("said,masked", [
    ("房号1203 13900010001", "房号1203 139****0001"), ("座机0527-80001234", "座机052****1234"),
    ("13900010001或13900010002", "139****0001或139****0002"), ("加微信：wang_ayi88", "加微信：wa****"),
    ("我的微信号是 wxid_abc123", "我的微信号是 wx****"), ("vx: ayi-2026", "vx: ay****"), ("QQ 123456789", "QQ 12****"),
    ("微信13900010001", "微信139****0001")])
def test_only_the_number_or_account_is_masked(said: str, masked: str) -> None:
    assert rules.flags(said) and rules.masked(said) == masked


@pytest.mark.parametrize("said", ["可以转账给我吗", "转 账", "咱们私下结", "微信付也行", "加我", "给现金便宜", "直接付给阿姨", "发个红包"])
def test_words_about_paying_elsewhere_are_flagged_and_shown_as_written(said: str) -> None:
    assert rules.flags(said) == ["payment"] and rules.masked(said) == said


@pytest.mark.parametrize("flag", sorted(rules.HINTS))
def test_who_wrote_it_and_who_reads_it_are_hinted_at_in_both_languages(flag: str) -> None:
    told = {rules.hint([flag], mine, tongue) for mine in (True, False) for tongue in ("zh", "en")}
    assert len(told) == 4 and None not in told
    assert rules.hint([], True, "zh") is None


def test_a_chat_is_open_until_seven_days_after_the_end() -> None:
    rules.check_open(None, NOW)
    rules.check_open(NOW - timedelta(days=7), NOW)
    with pytest.raises(ChatOver):
        rules.check_open(NOW - timedelta(days=7, seconds=1), NOW)


def test_a_chat_is_kept_while_its_booking_lives_or_is_complained_of_and_180_days_more() -> None:
    long_ago = NOW - timedelta(days=180)
    assert look_again(long_ago, False, NOW) is None
    assert look_again(long_ago + timedelta(seconds=1), False, NOW) == NOW + timedelta(seconds=1)
    assert look_again(long_ago, True, NOW) == look_again(None, False, NOW) == NOW + timedelta(days=1)
