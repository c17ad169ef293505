"""A text that others wrote → one that is safe and short in a letter: no control, no direction mark, no link."""

from __future__ import annotations

import re
import unicodedata

_FILES = r"(?:xlsx?|xlsm|et|ods|docx?|zip|csv)(?![A-Za-z0-9.])"
_LINKING = re.compile(rf"(?<=[A-Za-z0-9_-])\.(?!{_FILES})(?=[A-Za-z])|(?<=www)\.", re.IGNORECASE)
_FULL = str.maketrans({"@": "＠"})


def quoted(text: str, most: int) -> str:
    """Return a text as one line of at most ``most`` characters that no mail program turns into a link.

    Control and format characters (directions, zero widths) become blanks and blanks are folded; the dots of domain
    names, ``://`` and ``@`` get their full-width forms.
    """
    return shortened(_LINKING.sub("．", shortened(text, len(text)).replace("://", "：//").translate(_FULL)), most)


def shortened(text: str, most: int) -> str:
    """Return a text of the coordinator's own as one line of at most ``most`` characters; its addresses stay usable."""
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") else sign for sign in text)
    plain = " ".join(kept.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"
