"""What was there before: the last roll-up, and the bodies in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from toolkit import reading
from toolkit.answers import Number
from toolkit.findings import fault
from toolkit.forms import Form
from toolkit.forms.sheets import ALL_BODIES
from toolkit.returns import Adjustment, Checked, Return, RollUp
from toolkit.scale import parquet


def previous_rollup(path: Path, *, year: int, passwords: Sequence[str] = ()) -> RollUp:
    """Return what a roll-up workbook said before: its bodies' figures with the corrections on 调整, and their sums.

    Rows in a Parquet file beside it are read from there, and corrections of the whole stay such. A file that is no
    roll-up of the year, and a Parquet file that is missing or another, raise ToolkitError.
    """
    if not path.is_file():
        raise fault("PREVIOUS_MISSING", path=path)
    _, returns = next(reading.returns_each([(path, path.name)], passwords=passwords))
    *bodies, own = returns or (None,)
    if own is None or own.identity.kind != "rollup" or not bodies or own.year != year:
        raise fault("PREVIOUS_NO_ROLLUP", path=path, year=year)
    form = own.form
    bodies, adjustments = with_details(bodies, path, path.name)
    figures = corrected(form, _added(form, bodies), adjustments)
    merged = tuple(Checked(ret.file or "", ret.sha256 or "", ret, ()) for ret in bodies)
    identity = own.identity
    return RollUp(
        form, year, identity.region or "", identity.code or "", identity.level or "", "", merged, figures, (), (), None,
        adjustments=adjustments,
    )  # fmt: skip


def corrected(form: Form, sums: Mapping[str, Number], adjustments: Sequence[Adjustment]) -> dict[str, Number]:
    """Return the figures of a roll-up: the sums of the bodies with what 调整 adds, and the totals of these."""
    totals: dict[str, Number | None] = {code: sums[code] for code in form.inputs}
    for change in adjustments:
        totals[change.item] = (totals[change.item] or 0) + change.new - change.old
    return {code: value for code, value in form.complete(totals).items() if value is not None}


def _added(form: Form, bodies: Sequence[Return]) -> dict[str, Number]:
    totals: list[Number] = [Decimal(0) if form.items[code].kind == "money" else 0 for code in form.inputs]
    for ret in bodies:
        totals = [total + (0 if amount is None else amount) for total, amount in zip(totals, ret.amounts, strict=True)]
    return dict(zip(form.inputs, totals, strict=True))


def with_details(returns: Sequence[Return], path: Path, name: str) -> tuple[list[Return], tuple[Adjustment, ...]]:
    """Return the returns in a file, and what was corrected of the whole where the bodies' rows are in a Parquet file.

    ``name`` is what messages call the file; a Parquet file that is missing or another raises ToolkitError.
    """
    whole = next((ret for ret in returns if parquet.is_elsewhere(ret)), None)
    if whole is None:
        return list(returns), ()
    bodies = [ret.light for ret in parquet.bodies(whole, path, name)]
    added = _added(whole.form, bodies)
    changes = ((code, added[code], whole.figures[code] or 0) for code in whole.form.inputs)
    corrections = tuple(Adjustment(ALL_BODIES, code, old, new, "", "") for code, old, new in changes if old != new)
    return [*bodies, *(ret for ret in returns if ret is not whole)], corrections
