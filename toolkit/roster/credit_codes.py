"""统一社会信用代码: 18 characters, the last of them a check character (GB 32100-2015)."""

from __future__ import annotations

import re

from toolkit.findings import Wording, phrase

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
_LOST = "000"
"""How a code of digits ends of which a program kept 15."""
_MARKS = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]+")
_LABEL = re.compile(r"^(?:[\u4e00-\u9fff]|USCI)+|[\u4e00-\u9fff]+$", re.IGNORECASE)
"""Words typed before or after a code."""
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check_character(body: str) -> str:
    """Return the 18th character for the first 17 of a code (GB 32100-2015: weights modulo 31)."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def code_fault(code: str) -> Wording | None:
    """Return what is wrong with a 统一社会信用代码, or None when it is well-formed (GB 32100-2015).

    What a program did to it is said, and a code that stands among other marks or words is offered without them.
    """
    fault = _fault(code)
    if fault is None:
        return None
    if _SCIENTIFIC.fullmatch(code) or (len(code) == 18 and code.isdigit() and code.endswith(_LOST)):
        return phrase("code_number")
    mended = _LABEL.sub("", _MARKS.sub("", code)).upper()
    return phrase("code_mended", code=mended, fault=fault) if mended != code and _fault(mended) is None else fault


def _fault(code: str) -> Wording | None:
    if len(code) != 18:
        return phrase("code_length", count=len(code))
    wrong = [character for character in code if character not in ALPHABET]
    if wrong:
        return phrase("code_characters", characters="、".join(dict.fromkeys(wrong)))
    right = check_character(code[:17])
    return None if code[17] == right else phrase("code_check", right=right, last=code[17])
