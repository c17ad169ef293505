"""The bodies' rows of a large roll-up in a Parquet file beside it: written as they come, read back as they come.

The workbook names the file and its sha256. pyarrow reads it in this process, but only when it has the very bytes that
the workbook names: it is then as much to be trusted as that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any

from msgspec import Struct

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.errors import WorkbookError
from toolkit.files import sound
from toolkit.findings import fault
from toolkit.forms import Form
from toolkit.forms.sheets import DETAIL_COLUMNS, DETAIL_SUFFIX
from toolkit.returns import Identity, Return
from toolkit.returns.numbers import show

FIXED = tuple(column.code for column in DETAIL_COLUMNS)
"""The columns before the items; those after them are ``unreadable``, ``round`` and ``note``."""
BATCH = 2_000
"""Rows of a row group: 2,000 × 170 figures are some 3 MB while they are written or read."""


class Row(Struct, frozen=True):
    """A merged return, the file it came in, its digest, and what is remarked about it."""

    ret: Return
    file: str
    sha256: str
    note: str


def beside(workbook: Path) -> Path:
    """Return where the bodies' rows of a roll-up are, or would be: ``汇总.明细.parquet`` beside ``汇总.xlsx``."""
    return workbook.with_name(workbook.stem + DETAIL_SUFFIX)


def needed(what: str = "不能把各单位明细写成 Parquet") -> None:
    """Make sure that pyarrow is there; ToolkitError says how to get it and, in ``what``, what cannot be done."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise fault("PYARROW_MISSING", what=what) from error


def put_rows(file: IO[bytes], form: Form, rows: Iterable[Row], about: Mapping[str, str]) -> None:
    """Write one row a return: blanks are null, those declared zero are 0, ``unreadable`` holds ``item=text`` for each.

    ``about`` goes into the metadata of the schema. Figures that fit no column raise WorkbookError.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(form, about)
    remaining = iter(rows)
    with pq.ParquetWriter(file, schema, compression="snappy", version="2.6") as writer:
        while part := list(islice(remaining, BATCH)):
            try:
                columns = [pa.array(column, field.type) for column, field in zip(_columns(part), schema, strict=True)]
            except (pa.ArrowException, OverflowError, TypeError) as error:
                raise fault("DETAILS_UNWRITABLE", WorkbookError, why=error) from error
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _schema(form: Form, about: Mapping[str, str]) -> Any:
    import pyarrow as pa

    figures = [
        pa.field(code, pa.decimal128(18, 4) if form.items[code].kind == "money" else pa.int64()) for code in form.inputs
    ]
    return pa.schema(
        [
            *(pa.field(name, pa.string(), nullable=False) for name in FIXED),
            *figures,
            pa.field("unreadable", pa.list_(pa.string())),
            pa.field("round", pa.int64()),
            pa.field("note", pa.string()),
        ],
        metadata={sound(key): sound(value) for key, value in about.items()},
    )


def _columns(rows: Sequence[Row]) -> list[Sequence[Any]]:
    texts = [
        (sound(row.ret.identity.code or ""), sound(row.ret.identity.name or ""), sound(row.file), row.sha256)
        for row in rows
    ]
    return [
        *zip(*texts, strict=True),
        *zip(*(row.ret.entries for row in rows), strict=True),
        [_unreadable(row.ret) for row in rows],
        [row.ret.identity.round for row in rows],
        [sound(row.note) for row in rows],
    ]


def _unreadable(ret: Return) -> list[str]:
    if None not in ret.entries:
        return []
    answers = ((code, ret.answers.get(code)) for code in ret.form.inputs)
    return [sound(f"{code}={answer.raw}") for code, answer in answers if isinstance(answer, Unreadable)]


def is_elsewhere(ret: Return) -> bool:
    """Tell whether a return is the one row of 明细 that stands for the bodies' rows in a file of their own."""
    return ret.identity.kind == "details"


def bodies(pointer: Return, workbook: Path, name: str) -> Iterator[Return]:
    """Yield the bodies' returns that a roll-up's row of 明细 points to.

    ``name`` is what messages call the workbook. A file that is not beside it or has other bytes, and a missing
    pyarrow, raise ToolkitError.
    """
    needed(f"不能读取 {name} 的各单位明细")
    path = _checked(pointer, workbook, name)
    import pyarrow as pa
    import pyarrow.parquet as pq

    form, year = pointer.form, pointer.identity.year
    try:
        with pq.ParquetFile(path) as file:
            wanted = [*FIXED, *form.inputs, "unreadable", "round"]
            for batch in file.iter_batches(BATCH, columns=wanted):
                columns = {column: batch.column(column).to_pylist() for column in wanted}
                for at in range(batch.num_rows):
                    yield _body(form, year, {column: columns[column][at] for column in wanted})
    except (pa.ArrowException, OSError, KeyError, ValueError, TypeError) as error:
        raise fault("DETAILS_UNREADABLE", name=name, file=path.name, kind=type(error).__name__) from error


def _checked(pointer: Return, workbook: Path, name: str) -> Path:
    """Return the file with the bytes that the roll-up names, in its own folder."""
    called = pointer.file or ""
    path = workbook.parent / called
    if Path(called).name != called or not path.is_file():
        raise fault("DETAILS_MISSING", name=name, file=called)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != pointer.sha256:
        raise fault("DETAILS_FOREIGN", file=called, name=name)
    return path


def _body(form: Form, year: int | None, row: Mapping[str, Any]) -> Return:
    lost = dict(pair.split("=", 1) for pair in row["unreadable"] or ())
    identity = Identity(form.id, year, row["code"] or None, row["name"] or None, round=row["round"])
    answers = {code: _answer(form, code, row[code], lost) for code in form.inputs}
    return Return(form, identity, answers, file=row["file"], sha256=row["sha256"] or None)


def _answer(form: Form, code: str, value: Number | None, lost: Mapping[str, str]) -> Answer:
    if value is not None:
        return Filled(Decimal(show(value)) if form.items[code].kind == "money" else value)
    return Unreadable(lost[code], "VALUE_010") if code in lost else Blank()
