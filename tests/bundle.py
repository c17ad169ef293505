"""``make bundle``: a folder of wheels with an installer, for computers that have Python but no network.

The wheels of every target are fetched for one version of Python, and it is made sure that none is missing: pip looks at
the conditions of requirements (``; sys_platform == "win32"``) with the eyes of the computer that it runs on.
"""

from __future__ import annotations

import argparse
import email
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
EXTRAS = ("crypto", "html", "import", "mail", "word")
TARGETS: Mapping[str, tuple[Mapping[str, str], Sequence[str]]] = {
    "win_amd64": ({"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"}, ("win_amd64",)),
    "linux_x86_64": (
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
        ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64"),
    ),
    "linux_aarch64": (
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "aarch64"},
        ("manylinux2014_aarch64", "manylinux_2_17_aarch64", "manylinux_2_28_aarch64"),
    ),
}  # fmt: skip
"""Each target: what conditions ask of it, and the tags of its wheels (glibc 2.28: 银河麒麟 V10 SP1, 统信 1050 and later)."""

UNIX = """#!/bin/sh
# 在没有网络的电脑上安装：sh 安装.sh [安装到的文件夹]。需要 Python {python}。
set -e
here=$(cd "$(dirname "$0")" && pwd)
target=${{1:-"$HOME/nianbao"}}
python=${{PYTHON:-python{python}}}
command -v "$python" >/dev/null || {{ echo "没有找到 Python {python}，请先安装，或用 PYTHON=… 指明它在哪里。"; exit 1; }}
"$python" -m venv "$target"
"$target/bin/python" -m pip install --quiet --no-index --find-links "$here/wheels" "nianbao[{extras}]"
echo "装好了。命令是：$target/bin/nianbao"
"""
WINDOWS = """@echo off
rem 在没有网络的电脑上安装：双击，或 安装.cmd 文件夹。需要 Python {python}（64 位）。
chcp 65001 >nul
set TARGET=%~1
if "%TARGET%"=="" set TARGET=%USERPROFILE%\\nianbao
py -{python} -m venv "%TARGET%" || goto failed
"%TARGET%\\Scripts\\python" -m pip install --quiet --no-index --find-links "%~dp0wheels" "nianbao[{extras}]" || goto failed
echo 装好了。命令是：%TARGET%\\Scripts\\nianbao
pause
exit /b 0
:failed
echo 没有装成。请确认装有 64 位的 Python {python}，而且这个文件夹里的 wheels 完整。
pause
exit /b 1
"""


def make(folder: Path, python: str, targets: Sequence[str] = tuple(TARGETS)) -> Path:
    """Make the folder for targets and a version of Python; what is missing for one of them raises SystemExit."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    (own,) = wheels.glob("nianbao-*.whl")
    for target in targets:
        tags = [part for tag in TARGETS[target][1] for part in ("--platform", tag)]
        wanted = [f"{own}[{','.join(EXTRAS)}]"]
        while wanted:  # what only the conditions of the target ask for is fetched by name
            _pip("download", "--only-binary=:all:", "--python-version", python, *tags, "--dest", str(wheels), *wanted)
            lacking = sorted(missing(wheels, target, python))
            if wanted == lacking:
                raise SystemExit(f"{target}: {', '.join(lacking)} cannot be had")
            wanted = lacking
    words = {"python": python, "extras": ",".join(EXTRAS)}
    (folder / "安装.sh").write_text(UNIX.format(**words), encoding="utf-8")
    (folder / "安装.cmd").write_text(WINDOWS.format(**words), encoding="utf-8", newline="\r\n")
    return folder


def missing(wheels: Path, target: str, python: str) -> Iterator[str]:
    """Yield the requirements that a target has and no wheel in the folder meets."""
    conditions = {**TARGETS[target][0], "python_version": python, "python_full_version": f"{python}.0"}
    conditions |= {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
    archives = sorted(wheels.glob("*.whl"))
    there = {canonicalize_name(path.name.partition("-")[0]) for path in archives}
    for path in archives:
        with zipfile.ZipFile(path) as archive:
            (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
            metadata = email.message_from_bytes(archive.read(name))
        extras = EXTRAS if path.name.startswith("nianbao-") else ("",)
        for line in metadata.get_all("Requires-Dist", []):
            requirement = Requirement(line)
            marker = requirement.marker
            asked = marker is None or any(marker.evaluate(conditions | {"extra": extra}) for extra in extras)
            if asked and canonicalize_name(requirement.name) not in there:
                yield f"{requirement.name}{requirement.specifier}"


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"], check=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", default="{}.{}".format(*sys.version_info[:2]))
    asked = parser.parse_args()
    print(make(asked.folder, asked.python))
