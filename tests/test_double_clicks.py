"""The files that a double click runs: they are there once, they work, and what a person made of them stays."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import run
from tests.samples import COUNTY
from tests.soaking import soak


@pytest.fixture
def season(tmp_path: Path) -> Path:
    """Return a season in a folder with a blank, a quotation mark and Chinese in its name, with one return in it."""
    folder = tmp_path / "2025 年'报"
    assert run("init", folder, "--year", "2025", "--region", "样例县", "--roster", COUNTY / "名录.xlsx").code == 0
    shutil.copy(COUNTY / "2025" / "财政局2025年报.xlsx", folder / "收件")
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="the twins for Windows are not run here")
@soak
def test_a_double_click_runs_the_season(season: Path) -> None:
    """Each of the scripts does its work from any folder, and waits; the .desktop file starts the script in a terminal."""
    for action, made in (("收表", "台账.xlsx"), ("审核", "台账.xlsx"), ("汇总", "汇总.xlsx")):
        (season / made).unlink(missing_ok=True)
        done = subprocess.run(
            ["/bin/sh", str(season / f"{action}.sh")], input="\n", capture_output=True, text=True, encoding="utf-8",
            check=False, cwd="/", env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith("按回车键关闭。")
        assert (season / made).is_file()
        starter = (season / f"{action}.desktop").read_text(encoding="utf-8")
        assert f'Exec=sh "{season / action}.sh"' in starter
        assert "Terminal=true" in starter
        assert os.access(season / f"{action}.sh", os.X_OK)


def test_windows_has_its_twins_and_changes_stay(season: Path) -> None:
    """Lines end as Windows has them, no path of this computer is in them; what was changed is not written over."""
    for action, words in (("收表", "season"), ("审核", "check"), ("汇总", "merge")):
        data = (season / f"{action}.cmd").read_bytes()
        assert data.count(b"\n") == data.count(b"\r\n") == 4
        assert f'{words} "%~dp0."'.encode() in data
    (season / "收表.cmd").write_text("rem 改过", encoding="utf-8")
    (season / "审核.cmd").unlink()
    assert run("init", season, "--deadline", "2026-01-31").code == 0
    assert (season / "收表.cmd").read_text(encoding="utf-8") == "rem 改过"
    assert (season / "审核.cmd").is_file()
