"""Chromium as an independent judge of web pages: print them, and let a script of ours look at them from inside."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

if CHROMIUM is None and os.environ.get("NIANBAO_REQUIRE_CHROMIUM") == "1":
    raise RuntimeError("Chromium is required here (NIANBAO_REQUIRE_CHROMIUM=1) and was not found")

requires_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: the web page is NOT looked at"
)
_ALONE = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--no-default-browser-check", "--disable-default-apps", "--disable-extensions",
)  # fmt: skip
_POLICY = "default-src 'none'; style-src"
_LISTEN = (
    "<script>let refused = []; "
    "document.addEventListener('securitypolicyviolation', e => refused.push(e.blockedURI));</script>"
)
_SAY = (
    "<script>addEventListener('load', () => setTimeout(() => { parent.document.title = (SCRIPT).join(' '); }, 50));"
    "</script>"
)


def _run(*arguments: str) -> str:
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [CHROMIUM, *_ALONE, f"--user-data-dir={profile}", *arguments],
            check=True, capture_output=True, text=True, encoding="utf-8", timeout=120,
        )  # fmt: skip
    return done.stdout


def printed(source: Path, folder: Path) -> Path:
    """Print a page to PDF."""
    target = folder / "page.pdf"
    _run("--no-pdf-header-footer", f"--print-to-pdf={target}", source.as_uri())
    return target


def looked_at(source: str, script: str, width: int, folder: Path) -> list[str]:
    """Return the words that an expression gives inside a page of a width; ``refused`` are the addresses it wanted.

    The page stands in a frame, for windows have a least width. Its policy is widened by our own script alone.
    """
    assert _POLICY in source
    page = source.replace(_POLICY, "default-src 'none'; script-src 'unsafe-inline'; style-src")
    page = page.replace("</title>", f"</title>{_LISTEN}").replace("</body>", f"{_SAY.replace('SCRIPT', script)}</body>")
    style = f"width:{width}px;height:800px;border:0"
    frame = folder / "frame.html"
    frame.write_text(
        f'<!DOCTYPE html><title></title><iframe style="{style}" srcdoc="{escape(page)}"></iframe>', encoding="utf-8"
    )
    dom = _run("--dump-dom", f"--window-size={width + 40},900", "--virtual-time-budget=3000", frame.as_uri())
    return dom.partition("<title>")[2].partition("</title>")[0].split()
