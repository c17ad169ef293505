"""The letters in the page's zip: for the same files they are those that a season writes."""

from __future__ import annotations

import gc
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import worked
from tests.samples import BODIES, REGION, roster_of, sound, workbook
from tests.test_season_cycle import FORM, a_return

AGENCY = {"region": REGION, "office": "样例县政务公开办", "contact": "0000-1234567"}
JUDGED = re.compile(r"审核时间.*?[0-9]{2}:[0-9]{2}", re.DOTALL)
"""When a letter says it was judged."""


@pytest.fixture
def made(tmp_path: Path) -> Iterator[tuple[Path, dict[str, bytes]]]:
    """Return the folder of a season's letters, and what the page makes of the same files: sound, faulty, doubtful, two versions, stray, silent."""
    usual = gc.get_threshold()
    from toolkit.page import questions

    gc.set_threshold(*usual)
    (tmp_path / "名录.xlsx").write_bytes(roster_of(6))
    season, page = tmp_path / "季", tmp_path / "页"
    worked("init", season, "--year", "2025", "--roster", tmp_path / "名录.xlsx", *[
        word for name, value in AGENCY.items() for word in (f"--{name}", value)
    ])  # fmt: skip
    inbox = season / "收件"
    (inbox / "财政.xlsx").write_bytes(a_return(0))
    (inbox / "教育.xlsx").write_bytes(a_return(1, broken=True))
    for at, name in ((1, "公安.xlsx"), (2, "公安（改）.xlsx")):
        (inbox / name).write_bytes(a_return(2, count=at))
    partly = sound(FORM, 73, 13, None)
    del partly["t2.licensing.decisions"]
    (inbox / "补齐.xlsx").write_bytes(workbook(FORM, 2025, BODIES[3], partly))
    (inbox / "旧.xlsx").write_bytes(workbook(FORM, 2024, BODIES[4], sound(FORM, 74, 14, None)))
    shutil.copytree(inbox, page / "files")
    shutil.copy(tmp_path / "名录.xlsx", page / "files")
    worked("reply", season, "--as-of", "2026-02-06")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(questions, "FILES", page / "files")
        patch.setattr(questions, "MADE", page / "made")
        pile = questions.Pile()
        contents = {path.name: (path.read_bytes(), path.stat().st_mtime) for path in (page / "files").iterdir()}
        for name in pile.put(list(contents))["files"]:
            (page / "files" / name).write_bytes(contents[name][0])
            pile.read(name, contents[name][1])
        pile.judge(year=2025, as_of="2026-02-06", **AGENCY)
        pile.begin()
        while pile.more():
            pass
        with zipfile.ZipFile(io.BytesIO(pile.packed())) as archive:
            yield season / "退回", {name: archive.read(name) for name in archive.namelist()}


def test_the_letters_are_those_of_a_season(made: tuple[Path, dict[str, bytes]]) -> None:
    """Text and HTML of each letter about what came are a season's; who sent nothing is reminded; the workbooks are there."""
    folder, members = made
    letters = {name.removeprefix("信/"): data for name, data in members.items() if name.startswith("信/")}
    written = {path.name: path.read_bytes() for path in folder.iterdir() if "信." in path.name}
    assert sorted(letters) == sorted([*written, "一句话.txt"])
    kinds = {name: next(kind for kind in ("退回", "回执", "催报", "问询") if f"_{kind}信" in name) for name in written}
    assert sorted(kinds.values()) == sorted(2 * ["退回", "回执", "问询", "回执", "退回", "催报"])
    for name, data in written.items():
        if kinds[name] != "催报":  # a season sends the blank with it
            assert JUDGED.sub("", letters[name].decode()) == JUDGED.sub("", data.decode()), name
    assert letters["一句话.txt"].decode().count("\n\n") == 6
    named = {name for text in letters.values() for name in re.findall(r"附件“(.*?)”", text.decode())}
    assert named
    assert named <= set(members)
