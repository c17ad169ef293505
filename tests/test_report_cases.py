"""Published reports as they are: each kind of damage, over many rows and figure sets, ends read or listed – never wrong, never silent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.layouts import Case, html_official
from toolkit.answers import Filled, Unreadable
from toolkit.forms import load_form
from toolkit.returns.numbers import NOT_FOUND
from toolkit.run.importing import Imported, import_report

ROWS = {
    "r1": 30, "r2": 2, "r3_1": 20, "r3_2": 5, "r3_3_1": 1, "r3_4_1": 4, "r3_7": 30, "r4": 2,
}  # fmt: skip
TABLE_2 = {
    "t2.normative.issued": 3, "t2.normative.repealed": 1, "t2.normative.in_force": 9, "t2.licensing.decisions": 120,
    "t2.penalty.decisions": 30, "t2.coercion.decisions": 2, "t2.fees.amount": "12.5",
}  # fmt: skip
CASES_OF_4 = {"t4.review.upheld": 2, "t4.review.total": 2, "t4.suit_direct.upheld": 1, "t4.suit_direct.total": 1}


def good(**other: object) -> Case:
    """Return a report that is right: every applicant is a natural person; ``other`` figures by item, dots as ``__``."""
    form = load_form("2021")
    typed: dict[str, object] = dict.fromkeys(form.items, 0) | TABLE_2 | CASES_OF_4
    for row, figure in ROWS.items():
        typed |= {f"t3.{row}.natural": figure, f"t3.{row}.total": figure}
    typed |= {code.replace("__", "."): figure for code, figure in other.items()}
    return Case("good", form, {code: str(figure) for code, figure in typed.items()}, 2024)


def imported(tmp_path: Path, text: str | bytes, suffix: str = "html", year: int = 2024) -> Imported:
    path = tmp_path / f"r.{suffix}"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return import_report(path, tmp_path / "o.xlsx", year=year, respondent="甲县乙局")


def codes(done: Imported) -> list[str]:
    return [finding.code for finding in done.findings]


def wrong(done: Imported, typed: Mapping[str, str]) -> list[str]:
    """Return the items that were read as another figure than was published."""
    figures = done.report.figures | done.report.totals
    return [
        code
        for code, figure in figures.items()
        if isinstance(figure.answer, Filled) and str(figure.answer.value) != typed[code]
    ]


def test_a_right_report_is_read_whole(tmp_path: Path) -> None:
    """The control."""
    done = imported(tmp_path, html_official(good()))
    assert wrong(done, good().typed) == []
    assert done.report.lost == ()
    assert not {code for code in codes(done) if code.startswith(("IMPORT_", "I", "BLANK"))} - {"ID_008"}


@pytest.mark.parametrize("row", ["r1", "r2", "r3_3_1", "r3_4_1", "r3_7", "r4"])
def test_what_import_lost_accuses_nobody(tmp_path: Path, row: str) -> None:
    """A row with a cell too few is not found: said once, marked in the workbook, and no rule that rests on it is judged."""
    case = good()
    label = next(one.label for one in case.form.table("t3").rows if one.code == row)
    text = html_official(case).decode()
    at = text.index(">0</td>", text.index(f">{label}<"))
    done = imported(
        tmp_path,
        text[:at] + text[at:].replace(">0</td>", "></td>", 0).replace('<td rowspan="1" colspan="1">0</td>', "", 1),
    )
    ret = done.checked.ret
    assert ret is not None
    assert set(done.report.lost) == {item.code for item in case.form.table("t3").inputs if item.row_code == row}
    assert {ret.answers[code] for code in done.report.lost} <= {Unreadable(NOT_FOUND, "VALUE_021")}
    assert not {"IMPORT_008", "I1", "I2", "I3", "BLANK_001", "VALUE_010"} & {
        *codes(done),
        *(f.code for f in done.checked.findings),
    }
    assert codes(done).count("IMPORT_002") == 1
    assert wrong(done, case.typed) == []
