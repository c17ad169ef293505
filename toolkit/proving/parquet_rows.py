"""The bodies' rows of a large roll-up, which pandas reads from the Parquet file that its one row of 明细 names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from toolkit.findings import phrase
from toolkit.forms import Form
from toolkit.proving.accounts import Claims, DetailRow
from toolkit.proving.seen_cells import FAULTS

_MARK = "全部"
_TEXTS = ("code", "name", "file", "sha256")


class _Values(Mapping[str, object]):
    """The figures of one row of the file: None for null."""

    def __init__(self, columns: Mapping[str, Sequence[object]], at: int) -> None:
        self._columns = columns
        self._at = at

    def __getitem__(self, code: str) -> object:
        return self._columns[code][self._at]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def pointer(claims: Claims) -> DetailRow | None:
    """Return the row of 明细 that stands for rows in a Parquet file, None when the bodies' rows are on 明细."""
    whole = claims.rows[0] if len(claims.rows) == 1 else None
    return whole if whole is not None and whole.code == _MARK and whole.file.endswith(".parquet") else None


def rows_elsewhere(folder: Path, whole: DetailRow, claims: Claims) -> tuple[DetailRow, ...] | str:
    """Return the rows of the file that a row of 明细 names, or in Chinese why they cannot be had."""
    listed = [(source.file, source.sha256) for source in claims.sources]
    if listed != [(whole.file, whole.sha256)]:
        return phrase("details_apart")
    path = folder / whole.file
    if Path(whole.file).name != whole.file or not path.is_file():
        return phrase("details_gone")
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != whole.sha256:
            return phrase("details_changed")
    try:
        columns = _columns(path, claims.form)
    except ImportError:
        return phrase("details_library")
    except FAULTS as fault:
        return phrase("details_unread", fault=type(fault).__name__)
    texts = zip(*(columns.pop(name) for name in _TEXTS), strict=True)
    return tuple(
        DetailRow(str(file), str(digest), str(code), str(name), _Values(columns, at))
        for at, (code, name, file, digest) in enumerate(texts)
    )


def _columns(path: Path, form: Form) -> dict[str, list[Any]]:
    import pandas as pd

    frame = pd.read_parquet(path, columns=[*_TEXTS, *form.inputs], dtype_backend="numpy_nullable")
    return {str(name): [None if value is pd.NA else value for value in frame[name].tolist()] for name in frame.columns}
