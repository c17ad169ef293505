"""``page``: the whole tool as one HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.frame import Command
from toolkit.cli.parameters import PathArgument, everywhere
from toolkit.cli.printing import out
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import t
from toolkit.files import replaced, writable_file
from toolkit.page.building import build


@click.command(
    cls=Command,
    help=t(
        "把整个工具做成一个 HTML 文件：双击在浏览器里打开，不用安装、不联网。需要 Node.js 和 Pyodide（make page 会取来）。\n\n"
        "例：nianbao page -o 年报工具.html --runtime runtime",
        "Put the whole tool into one HTML file that opens in a browser, offline. It takes Node.js and Pyodide (make page "
        "fetches it).\n\nExample: nianbao page -o PAGE.html --runtime RUNTIME",
    ),
)
@click.option("-o", "--output", required=True, type=PathArgument, help=t("写到这个文件。", "The file to write."))
@click.option(
    "--runtime",
    required=True,
    type=PathArgument,
    help=t("装有 Pyodide 和浏览器版安装包的文件夹。", "The folder with Pyodide and the wheels for it."),
)
@everywhere
def page(output: Path, runtime: Path, terminal: Terminal) -> int:
    """Write the page."""
    writable_file(output)
    made = build(runtime)
    out(str(replaced(output, made.html)))
    for part in made.parts:
        terminal.hint(f"{part.sha256}  {part.name}  {part.size:,} → {len(part.packed):,}")
    return 0
