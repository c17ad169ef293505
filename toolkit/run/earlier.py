"""What was there before: the last roll-up, and the rounds of a body's return."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from toolkit import reading
from toolkit.answers import Number
from toolkit.errors import ToolkitError
from toolkit.forms import Form
from toolkit.forms.sheets import ALL_BODIES
from toolkit.returns import Adjustment, Checked, Return, RollUp
from toolkit.scale import parquet


def previous_rollup(path: Path, *, year: int) -> RollUp:
    """Return what a roll-up workbook said before: its bodies' figures with the corrections on 调整, and their sums.

    Rows in a Parquet file beside it are read from there, and corrections of the whole stay such. A file that is no
    roll-up of the year, and a Parquet file that is missing or another, raise ToolkitError.
    """
    if not path.is_file():
        raise ToolkitError(
            f"找不到上次汇总 {path}。",
            "请核对 --previous 的路径。",
            english=f"{path} does not exist; check --previous.",
        )
    _, returns = next(reading.returns_each([(path, path.name)]))
    *bodies, own = returns or (None,)
    if own is None or own.identity.kind != "rollup" or not bodies or own.year != year:
        raise ToolkitError(
            f"{path} 不是 {year} 年度的汇总表，不能作为上次汇总。",
            "请指定本工具写出的、同一年度的汇总表。",
            english=f"{path} is no roll-up of {year}.",
        )
    form = own.form
    bodies, adjustments = _with_details(bodies, path)
    totals: dict[str, Number | None] = {
        code: total + sum(each.new - each.old for each in adjustments if each.item == code)
        for code, total in _added(form, bodies).items()
    }
    figures = {code: value for code, value in form.complete(totals).items() if value is not None}
    merged = tuple(Checked(each.file or "", each.sha256 or "", each, ()) for each in bodies)
    identity = own.identity
    return RollUp(
        form, year, identity.region or "", identity.code or "", identity.level or "", "", merged, figures, (), (), None,
        adjustments=adjustments,
    )  # fmt: skip


def _added(form: Form, bodies: Sequence[Return]) -> dict[str, Number]:
    totals: list[Number] = [Decimal(0) if form.items[code].kind == "money" else 0 for code in form.inputs]
    for each in bodies:
        totals = [total + (0 if one is None else one) for total, one in zip(totals, each.amounts, strict=True)]
    return dict(zip(form.inputs, totals, strict=True))


def _with_details(bodies: list[Return], path: Path) -> tuple[list[Return], tuple[Adjustment, ...]]:
    """Return the bodies' returns, those from a Parquet file too, and what was corrected of their sum."""
    whole = next((each for each in bodies if parquet.is_elsewhere(each)), None)
    if whole is None:
        return bodies, ()
    found = list(parquet.bodies(whole, path, path.name))
    added = _added(whole.form, found)
    changes = ((code, added[code], whole.figures[code] or 0) for code in whole.form.inputs)
    return found, tuple(Adjustment(ALL_BODIES, code, old, new, "", "") for code, old, new in changes if old != new)
