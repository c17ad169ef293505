"""Workbooks with a password to open them, through msoffcrypto-tool (extra ``crypto``)."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Sequence

from toolkit.excel_in.refusal import Refused

_UNASKED = "VelvetSweatshop"
"""The password with which Excel itself opens a book without asking (MS-OFFCRYPTO 2.3.6)."""


def available() -> bool:
    """Tell whether the library is installed."""
    return importlib.util.find_spec("msoffcrypto") is not None


def decrypted(data: bytes, passwords: Sequence[str]) -> bytes:
    """Return the workbook inside an encrypted one: the first password that fits opens it.

    Refused: none that fits; a kind of protection that is no password (rights management); damage.
    """
    if not available():
        raise Refused("FILE_010")
    import msoffcrypto

    refused = False
    for password in (*passwords, _UNASKED):
        inside = io.BytesIO()
        try:
            file = msoffcrypto.OfficeFile(io.BytesIO(data))
            file.load_key(password=password)
            file.decrypt(inside)
        except MemoryError:
            raise
        except Exception as fault:  # the library leaks exceptions of every kind besides its own
            refused = refused or type(fault).__name__ == "InvalidKeyError"
            continue
        if inside.getvalue()[:2] == b"PK" or inside.getvalue()[:8] == data[:8]:
            return inside.getvalue()
    raise Refused("FILE_023" if passwords and refused else "FILE_010")
