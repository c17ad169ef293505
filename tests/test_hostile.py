"""Every hostile shape has the outcome that is written beside it, within bounds of time and memory, alone and in a folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.case import BOOK, FIGURES, Case, changed, sound_return, with_rest, with_rows
from tests.hostile.measuring import build, command
from tests.hostile.shapes import GROUPS
from tests.soaking import only, soak
from toolkit.excel_in import Refused, limits, open_book
from toolkit.returns.numbers import show

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each shape is read in a forked process")

ROOT = Path(__file__).parent.parent
REFUSED_TIMES, REFUSED_MIB = 60, 200
READ_TIMES, READ_MIB = 400, 512
"""How many times the work of a sound return a shape may cost, and how much memory: a sound one takes some 25 ms of CPU."""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Return a socket that waits on the loopback for what no reading must open."""
    with socket.socket() as waiting:
        waiting.bind(("127.0.0.1", 0))
        waiting.listen()
        waiting.settimeout(0)
        yield waiting


def _called(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _environment(listener: socket.socket) -> dict[str, str]:
    port = str(listener.getsockname()[1])
    return {**os.environ, "PYTHONPATH": str(ROOT), "HOSTILE_PORT": port, "PYTHONIOENCODING": "utf-8"}


def _measured(group: str, folder: Path, listener: socket.socket) -> dict[str, dict[str, Any]]:
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.measuring", group, str(folder)],
        capture_output=True, text=True, encoding="utf-8", env=_environment(listener), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return {each["name"]: each for each in map(json.loads, done.stdout.splitlines())}


def _faults(case: Case, got: dict[str, Any]) -> list[str]:
    """Return how an outcome differs from the one that is written beside the shape."""
    if "raised" in got:
        return [f"raised {got['raised'][-300:]}"]
    faults: list[str] = []
    codes = Counter(code for code, *_ in got["findings"])
    if case.refused:
        if got["read"] or len(got["findings"]) != 1 or got["findings"][0][0] not in case.refused:
            faults.append(f"not refused with one of {case.refused}: read {got['read']}, {dict(codes)}")
        times, mib = REFUSED_TIMES, REFUSED_MIB
    else:
        faults += _misread(case, got, codes)
        times, mib = READ_TIMES, READ_MIB
    if got["seconds"] > times * got["usual"]:
        faults.append(f"took {got['seconds']} s of CPU, a sound return {got['usual']} s")
    if got["mib"] > mib:
        faults.append(f"took {got['mib']} MiB")
    return faults


def _misread(case: Case, got: dict[str, Any], codes: Counter[str]) -> list[str]:
    if not got["read"]:
        return [f"not read: {dict(codes)}"]
    faults = []
    if "*" not in case.tells and set(codes) != set(case.tells):
        faults.append(f"tells {sorted(codes)}, not {sorted(case.tells)}")
    if not all(message for *_, message in got["findings"]):
        faults.append("a finding says nothing")
    if "*" in case.answers:
        return faults
    wanted = {code: show(value) for code, value in FIGURES.items()} | dict(case.answers)
    wrong = {
        code: (got["answers"].get(code), value) for code, value in wanted.items() if got["answers"].get(code) != value
    }
    return [*faults, f"answers (read, wanted): {wrong}"] if wrong else faults


@pytest.mark.parametrize("group", only(GROUPS, "formats"))
def test_shapes_have_their_outcome(tmp_path: Path, listener: socket.socket, group: str) -> None:
    """Each shape is read right or refused with its code, and costs no more than it may; nothing calls the outside."""
    measured = _measured(group, tmp_path / "sent", listener)
    assert list(measured) == [case.name for case in GROUPS[group]]
    faults = {case.name: _faults(case, measured[case.name]) for case in GROUPS[group]}
    assert {name: found for name, found in faults.items() if found} == {}
    assert not _called(listener)


@pytest.mark.parametrize("name", ["XFD1048576", "A1048576"])
def test_stray_cell_is_named(tmp_path: Path, listener: socket.socket, name: str) -> None:
    """A stray number at the far edge is named with its address; the return around it is read."""
    folder = tmp_path / "sent"
    folder.mkdir()
    shape = f"stray-number-in-{name}.xlsx"
    build("blowups", folder, [shape])
    from toolkit.reading import read

    got = read(folder / shape, name=shape)
    assert got.ret is not None
    assert [(each.code, each.sheet, each.cell) for each in got.findings] == [("FORM_045", "二、主动公开", name)]


def test_judge_of_outcomes_can_fail() -> None:
    """A wrong figure, a missing finding, another code, too much time and too much memory are each noticed."""
    answers = {code: show(value) for code, value in FIGURES.items()}
    right: dict[str, Any] = {
        "read": True, "findings": [], "answers": answers, "seconds": 0.1, "usual": 0.05, "mib": 20,
    }  # fmt: skip
    case = Case("x", None)
    assert _faults(case, right) == []
    assert _faults(case, right | {"answers": answers | {"t2.penalty.decisions": "441"}})
    assert _faults(case, right | {"seconds": READ_TIMES * 0.05 + 1})
    assert _faults(case, right | {"mib": READ_MIB + 1})
    assert _faults(case, right | {"read": False, "answers": None})
    assert _faults(case, right | {"raised": "x"})
    assert _faults(Case("x", None, tells=("FORM_045",)), right)
    refused = {**right, "read": False, "findings": [["FILE_030", "error", None, None, True]], "answers": None}
    assert _faults(Case("x", None, ("FILE_030",)), refused) == []
    assert _faults(Case("x", None, ("FILE_021",)), refused)
    assert _faults(Case("x", None, ("FILE_030",)), refused | {"mib": REFUSED_MIB + 1})


LARGE = ("290000-", "roll-up-of-2000", "open-document-of-a-million", "a-million-tiny-elements-after")
"""Shapes that take seconds: they are measured alone, the folder does without them."""


@soak
def test_folder_of_everything_is_answered(tmp_path: Path, listener: socket.socket) -> None:
    """``check --format json`` over all shapes at once names every file once, with its outcome, and leaves no traceback."""
    folder = tmp_path / "sent"
    folder.mkdir()
    cases: dict[str, Case] = {}
    for group, shapes in GROUPS.items():
        chosen = [case.name for case in shapes if not case.name.startswith(LARGE)]
        assert all(not raised for _, raised in build(group, folder, chosen)["built"])
        cases |= {case.name: case for case in shapes if case.name in chosen}
    checking = [sys.executable, "-m", "toolkit", "check", str(folder), "--year", "2025", "--format", "json"]
    code, out, said, used = command(tmp_path, checking, _environment(listener))
    assert (code, "Traceback" in said) == (1, False), said[-2000:]
    assert used["mib"] < READ_MIB
    answer = json.loads(out)
    told: dict[str, list[str]] = {}
    for each in answer["files"]:
        assert each["file"] not in told, each["file"]
        told[each["file"]] = [found["code"] for found in each["findings"]]
    missing = [name for name in cases if name not in told and not _skipped(name, answer) and name != "folder.xlsx"]
    assert missing == []
    wrong = {
        name: told[name] for name, case in cases.items()
        if case.refused and name in told and not set(case.refused) & set(told[name])
    }  # fmt: skip
    assert wrong == {}
    assert not _called(listener)


def _skipped(name: str, answer: dict[str, Any]) -> bool:
    return name in json.dumps(answer.get("skipped", []), ensure_ascii=False)


def test_limits_give_their_reason() -> None:
    """Every limit is followed by the sentence that says why it is what it is."""
    source = Path(limits.__file__).read_text("utf-8").splitlines()
    bare = [line for line, after in pairwise(source) if " = " in line and not after.startswith('"""')]
    assert bare == []


@pytest.mark.parametrize("size", [7, 64, 333])
def test_pieces_give_what_the_whole_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """A return that is parsed in pieces, wherever they end, is the same book as one that is parsed whole."""
    path = tmp_path / "sent.xlsx"
    path.write_bytes(sound_return())
    whole = open_book(path)
    monkeypatch.setattr(limits, "PIECE_BYTES", size)
    assert open_book(path) == whole


@pytest.mark.parametrize(
    ("limit", "most", "shape"),
    [
        ("SHEET_NAME", 20, lambda at: changed(BOOK, lambda data: data.replace(b'name="_meta"', b'name="' + b"x" * (20 + at) + b'"'))),
        ("COLUMN_RANGES", 100, lambda at: with_rest('<cols><col min="1" max="1"/></cols>' * (40 + 100 * at))),
        ("CONTENTS", 3_000, lambda at: with_rows('<row r="99">' + "".join(f"<c><v>{n}.5</v></c>" for n in range(1, 400 + 2_700 * at)) + "</row>")),
        ("STRETCH_BYTES", 5_000, lambda at: with_rest("<extLst>" + "x" * (4_000 + 6_500 * at) + "</extLst>")),
        pytest.param("PIECE_BYTES", 2_000, lambda at: with_rows('<row r="99">' + "<c/>" * 60_000 * at + "<x/>" * 90_000 * at + "</row>"), marks=soak),
    ],
)  # fmt: skip
def test_limits_of_whole_workbooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, shape: Callable[[int], bytes]
) -> None:
    """A return a little under a limit is opened, the same one past it is refused."""
    monkeypatch.setattr(limits, limit, most)
    path = tmp_path / "sent.xlsx"
    path.write_bytes(shape(0))
    assert open_book(path).sheets
    path.write_bytes(shape(1))
    with pytest.raises(Refused) as raised:
        open_book(path)
    assert raised.value.code == "FILE_030"


def test_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    """A link that lies in a folder is refused, one that was typed is followed; a link to itself stops nothing."""
    from toolkit.run.sources import inputs

    (tmp_path / "in").mkdir()
    (tmp_path / "real.xlsx").write_bytes(sound_return())
    (tmp_path / "in" / "link.xlsx").symlink_to(tmp_path / "real.xlsx")
    (tmp_path / "in" / "self.xlsx").symlink_to("self.xlsx")
    codes = {}
    for path, name in inputs([tmp_path / "in"]).files:
        with pytest.raises(Refused) as raised:
            open_book(path)
        codes[name] = raised.value.code
    assert codes == {"link.xlsx": "FILE_003", "self.xlsx": "FILE_003"}
    assert [open_book(path).kind for path, _ in inputs([tmp_path / "in" / "link.xlsx"]).files] == ["xlsx"]
