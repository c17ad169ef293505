"""One address from a text: exactly one, or none."""

from __future__ import annotations

import re
import unicodedata
from email.header import Header

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(
    rf"({_ATOM}(?:\.{_ATOM})*)@((?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]*[A-Za-z])"
)
_NAMED = re.compile(r"\s*([^<>]*?)\s*<([^<>]*)>\s*")


def one_address(text: str) -> str | None:
    """Return the one plain ASCII address that a text is, without the blanks around it; None for anything else.

    A list of two, a name beside the address, quoted local parts and host names without a dot are anything else: what a
    mail library would take for two recipients must never come from one cell of a roster.
    """
    address = text.strip(" \t　\xa0")
    known = _ADDRESS.fullmatch(address)
    if known is None or len(known[1]) > 64 or len(address) > 254:
        return None
    return address


def named_address(text: str) -> tuple[str, str] | None:
    """Return display name and address of ``Name <address>`` or of an address alone; None for anything else."""
    named = _NAMED.fullmatch(text)
    if named is None:
        address = one_address(text)
        return None if address is None else ("", address)
    address = one_address(named[2])
    return None if address is None else (plain(named[1].strip('"')), address)


def plain(text: str, most: int = 200) -> str:
    """Return a text as one line without control, format, surrogate or line-separating characters.

    Nothing that could end a header, hide in it or turn its direction is left; runs of blanks become one.
    """
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Zs") else sign for sign in text)
    kept = "".join(sign for sign in kept if unicodedata.category(sign) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join(kept.split())[:most].strip()


def header(text: str, line: int = 76) -> str:
    """Return a text as a header's value: itself when ASCII, else RFC 2047 words in base64, folded at ``line`` bytes."""
    cleaned = plain(text)
    if cleaned.isascii() and "=?" not in cleaned:
        return cleaned
    return Header(cleaned, "utf-8", maxlinelen=line).encode()
