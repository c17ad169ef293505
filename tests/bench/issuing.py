"""A thousand prefilled templates: issued together, against each built by itself with XlsxWriter; the bytes are the same.

Both are measured in CPU, in turns: every so many templates the same one is also built by itself, and its parts are
packed into a zip by zipfile, which is what writing the same bytes costs at least.
"""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from statistics import median
from time import process_time

from tests.builders import APPLICANTS, a_return
from tests.samples import sound
from toolkit.answers import Filled
from toolkit.forms import load_form
from toolkit.returns import Return
from toolkit.roster import Respondent, Roster, check_character
from toolkit.workbook import write
from toolkit.workbook.issuing import fillings, issued

FORM = load_form("2021")
YEAR = 2025
MIXES = {"every body carries its own figures over": 1, "one body in four carries something over": 4}
"""How the bodies of a run are, and of how many of them one has figures other than 0."""


def _body(number: int) -> Respondent:
    code = f"1199{number:06d}5AMP00X"
    return Respondent(
        code + check_character(code), f"样例单位{number}", "", "县级部门", "", True, None, None, ()
    )  # fmt: skip


def _last(number: int, each: int) -> Return:
    """Return last year's return of a body: what it carries over is drawn, 0 for all but one in ``each``."""
    drawn = sound(FORM, number, 30 + number, None)
    answers = {
        f"t3.r4.{column}": Filled(drawn[f"t3.r4.{column}"] + number % 7 if number % each == 0 else 0)
        for column in APPLICANTS
    }
    return a_return(year=YEAR - 1, answers=answers)


def _packed(data: bytes) -> float:
    """Return the seconds of CPU in which zipfile writes the parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        contents = [(entry, archive.read(entry)) for entry in archive.infolist()]
    begun = process_time()
    with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in contents:
            archive.writestr(entry.filename, content)
    return process_time() - begun


def _memory(roster: Roster, last: dict[str, Return], few: int) -> float:
    """Return the MiB at the peak of issuing, beyond what there was before it, after the first few templates."""
    tracemalloc.start()
    try:
        for at, _ in enumerate(issued(FORM, YEAR, roster, last)):
            if at == few:
                break
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


def lines(*, smoke: bool) -> Iterator[str]:
    """Issue 1,000 templates (``smoke``: 60), 40 of them also built alone (``smoke``: 6), and yield a Markdown table."""
    count, alone = (60, 6) if smoke else (1000, 40)
    yield (
        f"| {count} templates, {alone} of them also by themselves, in turns | CPU s for all | ms a template, median "
        "| by itself, ms | times faster (all in all; median) | packing the same parts with zipfile, ms | peak MiB |"
    )
    yield "|---|---|---|---|---|---|---|"
    for mix, each in MIXES.items():
        roster = Roster("样例县", tuple(_body(number) for number in range(count)))
        last = {body.code: _last(number, each) for number, body in enumerate(roster.respondents)}
        told = [filling for _, filling in fillings(FORM, YEAR, roster, last)]
        write(told[0])
        templates = issued(FORM, YEAR, roster, last)
        spent: list[float] = []
        slow: list[float] = []
        packed: list[float] = []
        for at, filling in enumerate(told):
            begun = process_time()
            _, data, _ = next(templates)
            spent.append(process_time() - begun)
            if at % (count // alone) == 0:
                begun = process_time()
                whole = write(filling)
                slow.append(process_time() - begun)
                packed.append(_packed(data))
                assert data == whole
        one, usual = sum(slow) / len(slow), median(spent)
        yield (
            f"| {mix} | {sum(spent):.2f} | {1000 * usual:.2f} | {1000 * one:.1f} | {one * count / sum(spent):.1f}; "
            f"{median(slow) / usual:.1f} | {1000 * median(packed):.2f} | {_memory(roster, last, 20):.1f} |"
        )
