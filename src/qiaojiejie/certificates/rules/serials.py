"""Serial numbers of certificates, short enough to type, long enough that nobody guesses one; reasons to revoke."""

import secrets

from stdnum.iso7064 import mod_37_36

#: why a certificate is taken back → Chinese, English
REASONS = {"error": ("颁发有误", "issued in error"), "fraud": ("材料或考核不实", "obtained by deceit"),
           "conduct": ("因违规取消资格", "withdrawn for misconduct"), "superseded": ("已换发新证", "replaced by a new one")}

#: without 0 and O, 1 and I and L, 5 and S, 2 and Z, 8 and B, U and V: nothing is misread on paper
LETTERS = "34679ACDEFGHJKMNPQRTWXY"
#: 23^10 ≈ 4·10¹³
SIGNS = 10


def fresh(year: int) -> str:
    """A new serial: QJ, two digits of the year, ten random signs, a check sign (ISO 7064 MOD 37,36)."""
    return made(year, "".join(secrets.choice(LETTERS) for _ in range(SIGNS)))


def made(year: int, signs: str) -> str:
    """The serial of ten signs."""
    body = f"QJ{year % 100:02d}{signs}"
    return body + mod_37_36.calc_check_digit(body)


def shown(serial: str) -> str:
    """As printed: QJ26-ACDEF-GHJKM-3."""
    return "-".join((serial[:4], serial[4:9], serial[9:14], serial[14:]))


def read(typed: str) -> str | None:
    """The serial that was typed, with or without its dashes; None when it can't be one (a sign misread, say)."""
    text = "".join(char for char in typed.upper() if char not in "- \u3000")
    if len(text) != SIGNS + 5 or not (text.isascii() and text.isalnum() and text.startswith("QJ")):
        return None
    return text if mod_37_36.is_valid(text) else None
