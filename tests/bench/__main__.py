"""``make bench``: every kind of work against the peers, as ratios of one run. ``--smoke`` takes few files, NAME... picks.

Each module of this package has a function ``lines(*, smoke)`` that measures and yields a Markdown table.
"""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
from importlib.metadata import version

WORK = {
    "rollups": "汇总表 / the roll-up workbook",
    "reading": "一份年报：读取、核验、审核 / one return: read, verify, check",
    "merging": "读取、审核、汇总 / read, check and merge",
    "issuing": "按名录下发、按上一年度预填的空白表 / templates issued to the bodies of a roster, prefilled",
    "many": "一万份 / ten thousand returns",
    "sentences": "文字与表格核对 / sentences against tables",
    "starting": "起步 / start-up",
}
"""The modules in their order, with the heading of their table."""
LIBRARIES = ("openpyxl", "pandas", "xlsxwriter")


def main() -> None:
    """Run the kinds of work that were named, or all, and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(WORK)}; default: all")
    parser.add_argument("--smoke", action="store_true", help="few files only")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in WORK]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    used = "、".join(f"{name} {version(name)}" for name in LIBRARIES)
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}; {used}", file=sys.stderr)
    for name in given.names or WORK:
        print(f"\n## {WORK[name]}\n")
        for line in importlib.import_module(f"tests.bench.{name}").lines(smoke=given.smoke):
            print(line, flush=True)


if __name__ == "__main__":
    main()
