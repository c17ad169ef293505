"""Two returns or roll-ups → the items and chapters that changed, blank and zero kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.findings import Finding
from toolkit.forms.layout import lay_out
from toolkit.returns import Checked, Return


class Change(Struct, frozen=True):
    """One changed item (``code`` of the form) or chapter (``text.一``); None: the form of that side has no such item."""

    code: str
    row: str
    column: str
    before: Answer | None
    after: Answer | None
    sheet: str | None
    cell: str | None


class Revision(Struct, frozen=True):
    """Two versions of one body's return: what changed, and which findings are mended, new and still standing.

    ``mended`` are findings of the old version, ``new_findings`` and ``standing`` those of the new one.
    """

    old: Checked
    new: Checked
    changes: tuple[Change, ...]
    mended: tuple[Finding, ...]
    new_findings: tuple[Finding, ...]
    standing: tuple[Finding, ...]


def revise(old: Checked, new: Checked) -> Revision:
    """Compare two checked versions; findings are the same by rule and items, or by place where they name no item.

    A file without a return raises ValueError: its figures cannot be compared.
    """
    if old.ret is None or new.ret is None:
        raise ValueError("only files that hold a return are compared")
    before = [single for finding in old.findings for single in finding.singles]
    after = [single for finding in new.findings for single in finding.singles]
    left = [_key(finding) for finding in before]
    standing: list[Finding] = []
    fresh: list[Finding] = []
    for finding in after:
        key = _key(finding)
        if key in left:
            left.remove(key)
            standing.append(finding)
        else:
            fresh.append(finding)
    mended: list[Finding] = []
    for finding in before:
        key = _key(finding)
        if key in left:
            left.remove(key)
            mended.append(finding)
    return Revision(old, new, compare(old.ret, new.ret), tuple(mended), tuple(fresh), tuple(standing))


def _key(finding: Finding) -> tuple[object, ...]:
    """Return what a finding is about: cells move between a file and its rebuilt reply, items do not."""
    return (
        (finding.rule or finding.code, finding.items)
        if finding.items
        else (finding.rule or finding.code, finding.sheet, finding.cell)
    )


def compare(old: Return, new: Return) -> tuple[Change, ...]:
    """Return what changed from one return to another, in the order of the newer form.

    Formula items are compared by their computed value. The spelling of a figure does not matter, a blank and a zero
    differ. Returns of two formats are compared item by item where the codes agree.
    """
    layout = lay_out(new.form)
    codes = list(new.form.items) + [code for code in old.form.items if code not in new.form.items]
    changes: list[Change] = []
    for code in codes:
        before, after = _answer(old, code), _answer(new, code)
        if _same(before, after):
            continue
        side = new if code in new.form.items else old
        item, place = side.form.items[code], side.place(code)
        sheet = place.sheet if place is not None else (layout.cell(code)[0] if code in layout.names else None)
        cell = place.cell if place is not None else (layout.address(code) if code in layout.names else None)
        changes.append(Change(code, item.row, item.column, before, after, sheet, cell))
    for part in new.form.chapters:
        texts = ["\n".join(paragraph.text for paragraph in ret.text.get(part.number, ())) for ret in (old, new)]
        if texts[0] != texts[1]:
            sides = [Unreadable(text, "") if text else Blank() for text in texts]
            changes.append(Change(f"text.{part.number}", part.title, "文字", sides[0], sides[1], part.sheet, None))
    return tuple(changes)


def _answer(ret: Return, code: str) -> Answer | None:
    item = ret.form.items.get(code)
    if item is None:
        return None
    if item.computed:
        value = ret.figures[code]
        return Unreadable("", "") if value is None else Filled(value)
    return ret.answers.get(code, Blank())


def _same(before: Answer | None, after: Answer | None) -> bool:
    if isinstance(before, Filled) and isinstance(after, Filled):
        first: Number = before.value
        return first == after.value
    if isinstance(before, Blank) and isinstance(after, Blank):
        return True
    if isinstance(before, Unreadable) and isinstance(after, Unreadable):
        return before.raw == after.raw
    return before is None and after is None


def revisions(checked: Sequence[Checked]) -> tuple[Revision, ...]:
    """Return how each round of a body's return differs from the one before it, by body and round."""
    by_body: dict[str, dict[int, Checked]] = {}
    for file in checked:
        if file.ret is not None and file.ret.identity.code:
            by_body.setdefault(file.ret.identity.code, {}).setdefault(file.ret.identity.round, file)
    return tuple(
        revise(rounds[old], rounds[new])
        for _, rounds in sorted(by_body.items())
        for old, new in pairwise(sorted(rounds))
        if rounds[old].ret is not None and rounds[old].ret.year == rounds[new].ret.year  # type: ignore[union-attr]
    )
