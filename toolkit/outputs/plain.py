"""Text of strangers made safe for a terminal, and JSON that is."""

from __future__ import annotations

import json
from unicodedata import category

UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Categories of what no person sees but a terminal obeys: controls, directions, zero width, line separators."""


def json_bytes(value: object) -> bytes:
    """Return one JSON object as UTF-8 that is safe on a terminal: what nobody sees is written as ``\\u202e``."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    if not text.replace("\n", "").isprintable():
        text = "".join(
            json.dumps(sign)[1:-1] if sign != "\n" and category(sign) in UNSEEN and category(sign) != "Cs" else sign
            for sign in text
        )
    return (text + "\n").encode("utf-8", "replace")
