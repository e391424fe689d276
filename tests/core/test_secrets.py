"""Personal data at rest and in memory."""

import base64

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from qiaojiejie.core.config import BadSetting, Config
from qiaojiejie.core.secrets import KeyRing, Sealed, mask_id_number, mask_name, mask_phone

ONE, TWO = b"1" * 32, b"2" * 32


@given(st.text(max_size=60))
def test_what_is_sealed_opens_again(plain: str) -> None:
    ring = KeyRing({"one": ONE}, b"index")
    assert ring.open(ring.seal(plain, "name"), "name") == plain


def test_sealing_twice_gives_different_bytes_but_one_blind_index() -> None:
    ring = KeyRing({"one": ONE}, b"index")
    assert ring.seal("王秀英", "name") != ring.seal("王秀英", "name")
    assert ring.blind("phone", "13900010001") == ring.blind("phone", "13900010001")
    assert ring.blind("phone", "13900010001") != ring.blind("id_number", "13900010001")


def test_a_changed_byte_or_another_kind_does_not_open() -> None:
    ring = KeyRing({"one": ONE}, b"index")
    stored = bytearray(ring.seal("321302200302110004", "id_number"))
    with pytest.raises(InvalidTag):
        ring.open(bytes(stored), "name")
    stored[-1] ^= 1
    with pytest.raises(InvalidTag):
        ring.open(bytes(stored), "id_number")


def test_an_old_key_still_opens_and_the_newest_seals() -> None:
    old = KeyRing({"one": ONE}, b"index").seal("x", "text")
    both = KeyRing({"one": ONE, "two": TWO}, b"index")
    assert both.open(old, "text") == "x"
    assert both.key_id(both.seal("x", "text")) == "two"


def test_a_sealed_value_prints_masked() -> None:
    value = Sealed("phone", "13900010001")
    assert f"{value} {value!r} {[value]}".count("13900010001") == 0
    assert value.reveal() == "13900010001"


def test_masks() -> None:
    assert mask_name("王秀英") == "王**"
    assert mask_phone("13900010001") == "139****0001"
    assert mask_id_number("32132419990412000X") == "3****************X"


def test_production_has_no_default_secret() -> None:
    with pytest.raises(BadSetting, match="is not set"):
        Config.read({"QJJ_MODE": "production", "DATABASE_URL": "postgresql:///x"})


def test_a_short_data_key_is_refused() -> None:
    short = "k1:" + base64.b64encode(b"short").decode()
    config = Config.read({"QJJ_MODE": "test", "DATABASE_URL": "postgresql:///x", "QJJ_DATA_KEYS": short})
    with pytest.raises(BadSetting, match="32 bytes"):
        KeyRing.from_config(config)
