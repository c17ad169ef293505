"""What all tests share: repeatable property tests, the published figures, and a word when the judge is absent."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.browser import CHROMIUM
from tests.npm import NPM
from tests.office import SOFFICE
from toolkit.run.examination import Examination
from toolkit.scale.remote import At

settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.load_profile("repeatable")


FILLED = Path(__file__).parent.parent / "filled"


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """Read a sample of each form here: the many processes that are forked to read inherit what is learned by it.

    What thousands of collected tests consist of is no garbage to look for either.
    """
    for name in ("样例县/2025/财政局2025年报.xlsx", "真实-2019/公共资源交易中心2019年报.xlsx"):
        Examination().of(At(FILLED / name, name))
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def published() -> Path:
    """Return the folder of published figures that NIANBAO_PUBLISHED names; skips where there is none."""
    folder = os.environ.get("NIANBAO_PUBLISHED")
    if not folder:
        pytest.skip("NIANBAO_PUBLISHED is not set: no published figures to compare with")
    return Path(folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end that LibreOffice, npm's programs or Chromium did not judge; a quiet run hides the reasons of skips."""
    if SOFFICE is None:
        terminalreporter.write_line(
            "LibreOffice is not installed: formulas and pages were NOT judged. "
            "(apt-get install libreoffice-calc libreoffice-writer fonts-noto-cjk poppler-utils)",
            yellow=True,
        )
    if NPM is None:
        terminalreporter.write_line(
            "npm is not installed: SheetJS and exceljs have NOT saved our workbooks again. (apt-get install nodejs npm)",
            yellow=True,
        )
    if CHROMIUM is None:
        terminalreporter.write_line(
            "Chromium is not installed: the published web page was NOT looked at. (apt-get install chromium)",
            yellow=True,
        )
