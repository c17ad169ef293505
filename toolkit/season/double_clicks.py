"""Files in a season's folder that a double click runs: 收表, 审核 and 汇总, for Windows and for Linux desktops.

The window stays open until a key is pressed. A computer of the other kind finds ``nianbao`` on its path.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from toolkit.files import created

ACTIONS = {
    "收表": ("season", "{here}"),
    "审核": ("check", "{here}"),
    "汇总": ("merge", "{here}", "-o", "{here}{slash}汇总.xlsx"),
}
"""What each runs: a whole cycle, the check of every file, the roll-up."""


def write_double_clicks(folder: Path) -> None:
    """Write the files into a season's folder, each as .cmd, .sh and .desktop; those that are there are kept."""
    for name, text, mode in _texts(folder.resolve()):
        created(folder / name, text.encode("utf-8"), mode=mode)


def _texts(folder: Path) -> Iterator[tuple[str, str, int]]:
    here = sys.platform == "win32"
    windows = f'"{sys.executable}" -m toolkit' if here else "nianbao"
    unix = "nianbao" if here else f"{shlex.quote(sys.executable)} -m toolkit"
    for action, words in ACTIONS.items():
        line = " ".join(f'"{word}"' if "{" in word else word for word in words)
        # %~dp0 ends in a backslash, which before a quotation mark would take away its meaning: hence the dot.
        command = line.format(here="%~dp0.", slash="\\")
        lines: tuple[str, ...] = ("@echo off", "chcp 65001 >nul", f"{windows} {command}", "pause", "")
        yield f"{action}.cmd", "\r\n".join(lines), 0o644
        command = line.format(here="$here", slash="/")
        lines = (
            "#!/bin/sh", 'here=$(cd "$(dirname "$0")" && pwd)', f"{unix} {command}", 'printf "按回车键关闭。"', "read -r _", "",
        )  # fmt: skip
        yield f"{action}.sh", "\n".join(lines), 0o755
        script = str(folder / f"{action}.sh").replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
        lines = ("[Desktop Entry]", "Type=Application", f"Name={action}", f'Exec=sh "{script}"', "Terminal=true", "")
        yield f"{action}.desktop", "\n".join(lines), 0o755
