"""Exports: every item of every return, exact figures, and texts that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.rollups import FORM, SMALL, YEAR, a_return, checked, code_of, error, merged
from toolkit.answers import Unreadable
from toolkit.errors import ToolkitError
from toolkit.outputs.exports import (
    COLUMNS,
    csv_bytes,
    frame,
    harmless,
    parquet_bytes,
    xlsx_bytes,
)
from toolkit.returns import Region

RET = a_return(1, SMALL, name="=cmd|'/c calc'!A1", answers={"t2.penalty.decisions": Unreadable("约60", "VALUE_012")})


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_bytes([RET]).decode("utf-8-sig"))))


def test_the_frame_holds_every_item_exactly() -> None:
    """One row an item; counts are int, money Decimal, blanks and unreadable cells None, never a float."""
    table = frame([RET, a_return(2, SMALL)])
    assert list(table.columns) == [*COLUMNS, "file"]
    assert len(table) == 2 * len(FORM.items)
    one = table[table["code"] == code_of(1)].set_index("item")
    assert (one.at["t3.r1.natural", "value"], one.at["t3.r1.natural", "state"]) == (3, "filled")
    assert isinstance(one.at["t3.r1.natural", "value"], int)
    assert one.at["t2.fees.amount", "value"] == Decimal("0.1")
    assert (one.at["t3.r1.total", "value"], one.at["t3.r1.total", "state"]) == (3, "computed")
    assert (one.at["t2.penalty.decisions", "state"], one.at["t2.penalty.decisions", "value"]) == ("unreadable", None)
    assert (one.at["t2.rules.issued", "state"], one.at["t2.rules.issued", "value"]) == ("blank", None)
    assert not any(isinstance(value, float) for value in table["value"])
    assert list(frame([]).columns) == [*COLUMNS, "file"]


def test_a_rollup_is_one_row_a_body_and_item() -> None:
    """The frame of a roll-up holds the figures of every body that was merged, which add up to the region's."""
    files = [checked(a_return(number, SMALL), f"{number}.xlsx") for number in (1, 2)]
    rollup = merged([*files, checked(a_return(3, SMALL), "3.xlsx", error())], region=Region("样例县"))
    table = frame(rollup)
    assert len(table) == 2 * len(FORM.items)
    assert table[table["item"] == "t2.fees.amount"]["value"].sum() == rollup.figures["t2.fees.amount"]
    assert set(zip(table["code"], table["file"], strict=True)) == {
        (code_of(1), "1.xlsx"), (code_of(2), "2.xlsx"),
    }  # fmt: skip
    assert set(table["state"]) == {"filled", "blank", "computed"}


def test_csv_runs_nothing() -> None:
    """A name that begins like a formula is prefixed; figures, also negative ones, are not."""
    found = {row["item"]: row for row in rows()}
    assert found["t3.r1.natural"]["name"] == "'=cmd|'/c calc'!A1"
    assert found["t2.fees.amount"]["value"] == "0.1"
    assert found["t2.rules.issued"]["value"] == ""
    assert csv_bytes([RET]).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_formula_starts_are_prefixed(start: str) -> None:
    """Each sign that Excel or WPS takes for a formula, also full width, is made harmless."""
    assert harmless(f"{start}1") == f"'{start.replace(chr(9), ' ').replace(chr(13), ' ').replace(chr(10), ' ')}1"


@pytest.mark.parametrize("before", [" ", "\u3000", "\u200b", "\ufeff", "\u202e", "\u2028", "\u0301"])
def test_what_hides_a_formula_start_does_not_help_it(before: str) -> None:
    """A formula behind blanks and unseen signs is prefixed too; a word behind them is not."""
    assert harmless(f"{before}=1").startswith("'")
    assert not harmless(f"{before}样例局").startswith("'")


@pytest.mark.parametrize("text", ["", "样例局", "1=1", "一、本年", "（三）"])
def test_other_texts_stay(text: str) -> None:
    """A text that begins like none stays as it is."""
    assert harmless(text) == text


def test_the_workbook_holds_texts_as_texts(tmp_path: Path) -> None:
    """In xlsx the name is no formula, the figures are numbers and the bytes are the same twice."""
    path = tmp_path / "数据.xlsx"
    path.write_bytes(xlsx_bytes([RET]))
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=cmd|'/c calc'!A1", "s")
    values = {row[3]: row[8] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert (values["t3.r1.natural"], values["t2.fees.amount"], values["t2.rules.issued"]) == (3, 0.1, None)
    assert xlsx_bytes([RET]) == xlsx_bytes([RET])


def test_names_with_broken_characters_are_written() -> None:
    """A lone surrogate, as an undecodable file name gives, does not stop an export."""
    ret = a_return(1, SMALL, name="局\udce4")
    assert csv_bytes([ret]).count(b"\r\n") == len(FORM.items) + 1
    assert len(xlsx_bytes([ret])) > 0


def test_parquet_keeps_decimals() -> None:
    """Figures come back from parquet as decimals."""
    pq = pytest.importorskip("pyarrow.parquet")
    table = pq.read_table(io.BytesIO(parquet_bytes([RET]))).to_pylist()
    found = {row["item"]: row for row in table}
    assert found["t2.fees.amount"]["value"] == Decimal("0.1")
    assert found["t2.rules.issued"]["value"] is None
    assert found["t3.r1.natural"]["year"] == YEAR


def test_parquet_without_its_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow the export stops with one line and the next step."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ToolkitError, match="pyarrow"):
        parquet_bytes([RET])
