"""The roll-up on the disk: its workbook, and the bodies' rows beside it when they are too many for one."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from toolkit.files import replaced, waiting, writable_file
from toolkit.returns import RollUp
from toolkit.scale import parquet
from toolkit.workbook.rollup import Elsewhere, write_rollup
from toolkit.workbook.rollup.listing import remark
from toolkit.workbook.rollup.room import crowded

_LOG = logging.getLogger(__name__)


class Saved(Struct, frozen=True):
    """Where a roll-up went, and the bodies' rows if they have a file of their own."""

    workbook: Path
    details: Path | None = None


def targets(path: Path, *, as_parquet: bool) -> tuple[Path, Path]:
    """Return where a roll-up and its bodies' rows go; what cannot be written there raises ToolkitError."""
    details = parquet.beside(path)
    writable_file(path)
    if as_parquet:
        parquet.needed()
        writable_file(details)
    return path, details


def save_rollup(path: Path, rollup: RollUp, previous: RollUp | None = None, *, as_parquet: bool = False) -> Saved:
    """Write the roll-up workbook; ``as_parquet``, and of too many bodies in any case, their rows to a file beside it.

    Both files are on the disk whole before the first is moved into place, the one that the other names. Without
    pyarrow ToolkitError is raised before anything is written.
    """
    if not as_parquet and not crowded(rollup, compared=previous is not None):
        stale = parquet.beside(path)
        if stale.exists():
            _LOG.warning(
                "%s",
                f"{stale} 是以前某次汇总的各单位明细，这次的明细在 {path.name} 里，不再用它。",
                extra={"english": f"{stale} belongs to an earlier roll-up; the details are now in {path.name}."},
            )
        return Saved(replaced(path, write_rollup(rollup, previous)))
    count = len(rollup.merged)
    target = parquet.beside(path)
    parquet.needed(
        f"{count} 家的明细一本汇总表放不下，又不能写成 Parquet" if not as_parquet else "不能把明细写成 Parquet"
    )
    if not as_parquet:
        _LOG.warning(
            "%s",
            f"{count} 家的明细一本汇总表放不下（写出来自己也读不回），改写到 {target}，汇总表的“明细”只留合计一行。",
            extra={"english": f"The details of {count} bodies do not fit into a workbook; they go to {target}."},
        )
    about = {
        "kind": "nianbao.details/1", "form": rollup.form.id, "year": str(rollup.year), "region": rollup.region,
        "as_of": rollup.as_of,
    }  # fmt: skip
    with waiting(target, lambda file: parquet.put_rows(file, rollup.form, _rows(rollup), about)) as details:
        data = write_rollup(rollup, previous, Elsewhere(target.name, details.sha256))
        with waiting(path, lambda file: file.write(data), size=len(data)) as book:
            placed = details.placed()
            if placed == target:
                return Saved(book.placed(), placed)
        return Saved(replaced(path, write_rollup(rollup, previous, Elsewhere(placed.name, details.sha256))), placed)


def _rows(rollup: RollUp) -> Iterator[parquet.Row]:
    for file in rollup.merged:
        if file.ret is not None:
            yield parquet.Row(file.ret, file.file, file.sha256, remark(rollup, file))
