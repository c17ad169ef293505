"""Values as XlsxWriter spells them in XML, by its own hands: what is put into a finished part must not differ."""

from __future__ import annotations

import io
from typing import Any

from xlsxwriter.comments import Comments
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.xmlwriter import XMLwriter

from toolkit.answers import Number
from toolkit.excel_out.recording import Call
from toolkit.excel_out.sheets import note
from toolkit.excel_out.strict import encodable, plain, result

_PLAIN = XMLwriter()
_LIMIT = 10**15
"""Below it figures are spelled without further questions."""
_PROPERTY_LENGTH = 120
"""Up to it no property is too long, whatever characters it has."""

Pieces = tuple[bytes, ...]


def spelled(call: Call, value: Any) -> Pieces | None:
    """Return what stands in the file where a recorded call is given this value, piece by piece; None: not certain."""
    match call.name:
        case "number":
            return _number(value)
        case "formula":
            return _cached(value)
        case "comment":
            text, height = note(value)
            return (_element(Comments(), "_write_text_t", text),) if height == note(call.value)[1] else None
        case "carry" if len(value) <= _PROPERTY_LENGTH:
            return (_element(_PLAIN, "_xml_data_element", "vt:lpwstr", encodable(value)),)
        case "define_name" if "!" not in value and "!" not in call.value:
            # With an exclamation mark it would be listed as a range.
            name = [("name", call.given[0])]
            return (_element(_PLAIN, "_xml_data_element", "definedName", encodable(value).lstrip("="), name),)
    return None


def shared_string(text: str) -> bytes:
    """Return a text as an element of the shared strings."""
    return _element(SharedStrings(), "_write_si", text)


def _number(value: Number) -> Pieces | None:
    exact = plain(value)
    return (f"{exact:.16G}".encode(),) if -_LIMIT < exact < _LIMIT else None


def _cached(value: Number | str) -> Pieces | None:
    """Return the type and the value of a formula's result; None for one that looks like an error, or is too large."""
    exact = result(value)
    if isinstance(exact, str):
        kind = b' t="str"' if exact else b""
        return None if exact.startswith("#") else (kind, str(_PLAIN._escape_data(exact)).encode())
    return (b"", f"{exact}".encode()) if -_LIMIT < exact < _LIMIT else None


def _element(writer: Any, method: str, *given: Any) -> bytes:
    writer.fh = io.StringIO()
    getattr(writer, method)(*given)
    return str(writer.fh.getvalue()).encode()
