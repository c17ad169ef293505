"""Damaged workbooks are read right or refused with a code: some mutants for every change, two thousand to soak."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.fuzz import judge, run
from tests.mutants import Mutant, mutant, sources, unzipped, zipped
from tests.soaking import soak

CHUNKS, EACH, FEW = 6, 210, 40


@pytest.mark.parametrize(
    ("chunk", "count"), [("few", FEW), *(pytest.param(f"chunk{at}", EACH, marks=soak) for at in range(CHUNKS))]
)
def test_mutants_are_read_right_or_refused(chunk: str, count: int) -> None:
    """No mutant crashes, hangs or swells the reader, and none gives a figure that is not in the file."""
    outcomes = list(run(chunk, count))
    assert len(outcomes) == count
    assert [f"{each.seed}: {each.fault}" for each in outcomes if each.fault] == []
    assert sum(each.said == "read" for each in outcomes) > count // 4, "the mutants are too broken to say anything"
    assert len({each.said for each in outcomes}) > 2


def test_mutants_are_the_same_for_a_seed() -> None:
    """A seed gives one mutant, another seed another; every kind of source is drawn."""
    assert mutant("a-1") == mutant("a-1")
    assert mutant("a-1").data != mutant("a-2").data
    assert {Path(mutant(f"a-{at}").source).suffix for at in range(60)} == {".xlsx", ".ods", ".xls"}


def test_oracle_sees_a_figure_that_is_not_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge is no rubber stamp: a reader that takes every 1 for a 7 is found out, the true one is not."""
    import toolkit.excel_in.worksheet as cells
    from toolkit.excel_in.recurring import Recurring

    monkeypatch.setattr(Recurring, "books", -1000)  # what was recognised before would not be read by the sick reader
    source = "openpyxl.xlsx"
    sick = Mutant(source, "none", (), frozenset(("xl/worksheets/sheet1.xml",)), zipped(unzipped(sources()[source])))
    with tempfile.TemporaryDirectory() as folder:
        assert judge(sick, Path(folder)).fault == ""
        right = cells.number
        monkeypatch.setattr(cells, "number", lambda text: 7 if text == "1" else right(text))
        assert "where the file has" in judge(sick, Path(folder)).fault
