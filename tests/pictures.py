"""``make pictures``: the pictures of the documents, from the samples as they are now (LibreOffice, Chromium)."""

from __future__ import annotations

import re
import sys
import tempfile
import zipfile
from pathlib import Path

from PIL import Image

import toolkit
from tests.browser import CHROMIUM
from tests.office import render
from tests.samples import COUNTY
from toolkit.run.reply_folder import write_replies

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
WIDTH = 1168
_PRINT_AREAS = re.compile(rb'<definedName name="_xlnm\.Print_Area"[^>]*>[^<]*</definedName>')


def make(folder: Path, page: Path | None) -> None:
    """Make every picture into docs/images; that of the page only where there is one."""
    (blank,) = toolkit.template(2026, folder / "空白")
    _beside(render(blank, folder / "a"), (0, 3), IMAGES / "template.png")
    last = toolkit.merge(
        COUNTY / "2025",
        roster=COUNTY / "名录.xlsx",
        last_year=COUNTY / "2024",
        region="样例县",
        output=folder / "汇总.xlsx",
    )
    assert last.merged
    _beside(render(folder / "汇总.xlsx", folder / "b"), (0, 3), IMAGES / "rollup.png")
    sent = COUNTY / "2025" / "公安局2025年报.xlsx"
    replies = write_replies(toolkit.check(sent), folder / "退回", None)
    (cover, *_) = render(_as_on_screen(folder / "退回" / replies[0].name), folder / "c", dpi=110)
    whole = Image.open(cover)
    _saved(whole.crop((0, 0, whole.width, whole.height * 53 // 100)), IMAGES / "reply.png")
    if page is not None:
        _page(page)


def _as_on_screen(path: Path) -> Path:
    """Return a workbook without print areas: what is not printed is rendered too."""
    target = path.with_name("屏幕.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in source.namelist():
            changed.writestr(name, _PRINT_AREAS.sub(b"", source.read(name)))
    return target


def _beside(pages: list[Path], numbers: tuple[int, int], target: Path) -> None:
    left, right = (Image.open(pages[number]).convert("RGB") for number in numbers)
    whole = Image.new("RGB", (left.width + right.width + 10, max(left.height, right.height)), "#dddddd")
    whole.paste(left, (0, 0))
    whole.paste(right, (left.width + 10, 0))
    _saved(whole, target)


def _saved(picture: Image.Image, target: Path) -> None:
    height = round(picture.height * WIDTH / picture.width)
    picture.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS).quantize(128).save(target, optimize=True)


def _page(page: Path) -> None:
    """Photograph the page with the sample county in it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as programs:
        browser = programs.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 1366, "height": 768})
        view.goto(page.as_uri())
        view.wait_for_selector("html[data-state=ready]", timeout=120_000)
        view.set_input_files("#files", [*map(str, sorted((COUNTY / "2025").glob("*.xlsx"))), str(COUNTY / "名录.xlsx")])
        view.wait_for_selector("html[data-state=done]", timeout=120_000)
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            view.screenshot(path=file.name)
            _saved(Image.open(file.name), IMAGES / "page.png")
        browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        make(Path(made), Path(sys.argv[1]) if len(sys.argv) > 1 else None)
