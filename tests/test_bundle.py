"""The folder of wheels for computers without a network: nothing is missing for any target, and it installs."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.bundle import TARGETS, make, missing
from tests.soaking import soak


def test_what_a_target_alone_asks_for_is_missed(tmp_path: Path) -> None:
    """Conditions are those of the target, not of this computer; a wheel that is there is not missed."""
    for name, lines in (
        ("nianbao", ('winonly; sys_platform == "win32"', 'mailonly; extra == "mail"', 'other; extra == "cluster"')),
        ("mailonly", ('old; python_version < "3.0"', "always>=2")),
    ):
        with zipfile.ZipFile(tmp_path / f"{name}-1-py3-none-any.whl", "w") as archive:
            words = "\n".join(f"Requires-Dist: {line}" for line in lines)
            archive.writestr(f"{name}-1.dist-info/METADATA", f"Metadata-Version: 2.4\nName: {name}\n{words}\n")
    assert {target: list(missing(tmp_path, target, "3.11")) for target in TARGETS} == {
        "win_amd64": ["always>=2", "winonly"], "linux_x86_64": ["always>=2"], "linux_aarch64": ["always>=2"],
    }  # fmt: skip


@soak
@pytest.mark.skipif(
    platform.machine() != "x86_64" or sys.platform != "linux", reason="wheels are tried on Linux x86_64"
)
def test_it_installs_without_a_network(tmp_path: Path) -> None:
    """A bare Python without an index installs the bundle and runs the season of the sample county."""
    folder = make(tmp_path / "离线", "{}.{}".format(*sys.version_info[:2]), ["linux_x86_64"])
    assert (folder / "安装.cmd").read_bytes().count(b"\r\n") > 10
    alone = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PIP_NO_INDEX": "1", "PYTHON": sys.executable}
    for command in (
        ["sh", str(folder / "安装.sh"), str(tmp_path / "工具")],
        [str(tmp_path / "工具/bin/nianbao"), "demo", "-o", str(tmp_path / "演示")],
    ):
        done = subprocess.run(command, env=alone, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "演示" / "3-汇总.xlsx").is_file()
