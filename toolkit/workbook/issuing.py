"""Templates to send out: one blank, or one per body of the roster, prefilled with what last year fixes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import tee

from toolkit.answers import Answer, Filled, Number
from toolkit.excel_out import render_many
from toolkit.forms import Form, form_for_year
from toolkit.returns import Return
from toolkit.returns.last_year import Before, LastYear
from toolkit.roster import Respondent, Roster, code_fault
from toolkit.roster.tokens import Key, token
from toolkit.workbook import Filling, blank_name, describe, write


def blank(form: Form, year: int) -> tuple[str, bytes]:
    """Return the file name and the bytes of the one blank of a form and year."""
    return blank_name(form, year), write(Filling(form, year))


def issued(
    form: Form, year: int, roster: Roster, last: LastYear | None, key: Key | None = None
) -> Iterator[tuple[str, bytes, Respondent]]:
    """Yield file name, bytes and body of every issued template; prefilled from ``last`` year.

    With a key each carries the token of its body. What is common to them is built once.
    """
    bodies, described = tee(fillings(form, year, roster, last, key))
    books = render_many(describe(filling) for _, filling in described)
    for (body, _), data in zip(bodies, books, strict=True):
        yield issued_name(body, year), data, body


def fillings(
    form: Form, year: int, roster: Roster, last: LastYear | None, key: Key | None = None
) -> Iterator[tuple[Respondent, Filling]]:
    """Yield every body of a roster with what its template holds."""
    for body in roster.expected(year):
        before = None if last is None else last.of(body.code, roster, year, body.name)
        yield body, _filling(form, year, body, roster.region, before, key)


def one_issued(
    body: Respondent, year: int, roster: Roster, last: LastYear | None, key: Key | None = None
) -> tuple[str, bytes]:
    """Return file name and bytes of the template of one body of a roster, as ``issued`` gives it."""
    before = None if last is None else last.of(body.code, roster, year, body.name)
    return issued_name(body, year), write(_filling(form_for_year(year), year, body, roster.region, before, key))


def _filling(form: Form, year: int, body: Respondent, region: str, before: Before | None, key: Key | None) -> Filling:
    answers = {} if before is None else carried(form, before.ret)
    if before is not None and before.sharers:
        # Of nothing each has nothing; of what is shared nobody's part is known.
        answers = {code: answer for code, answer in answers.items() if answer == Filled(0)}
    return Filling(
        form, year, kind="issued", code=body.code, name=body.name, level=body.level, region=region,
        token=token_of(key, form, year, body.code), answers=answers, prefilled=frozenset(answers),
        last_year={} if before is None else before.ret.last_figures,
        last_of="" if before is None else before.whose,
        sharers="" if before is None else before.sharers,
    )  # fmt: skip


def is_of_another(ret: Return, year: int | None) -> bool:
    """Tell whether a return is of another year, or on a form that the year does not use: nothing in it is to be mended."""
    return None not in (ret.year, year) and (ret.year != year or not ret.form.uses(year or 0))


def reissued(
    ret: Return, year: int, roster: Roster | None, last: LastYear | None, key: Key | None
) -> tuple[str, bytes]:
    """Return the name and bytes of the year's template for a body that sent a return of another one.

    Last year's return fixes what it does in every template, also where it is the one that was sent. A body without a
    sound code gets the blank.
    """
    form, identity = form_for_year(year), ret.identity
    code = identity.code or ""
    known = None if roster is None else next((body for body in roster.expected(year) if body.code == code), None)
    if known is None and code_fault(code) is not None:
        return blank(form, year)
    body = known or Respondent(code, identity.name or "", "", identity.level or "", "", True, None, None, ())
    before = None if last is None else last.of(code, roster, year, body.name)
    succession = None if roster is None else roster.succession(code, year)
    reorganised = succession is not None and succession.changed
    before = Before(ret) if before is None and ret.year == year - 1 and not reorganised else before
    region = identity.region or "" if roster is None else roster.region
    return issued_name(body, year), write(_filling(form, year, body, region, before, key))


def token_of(key: Key | None, form: Form, year: int, code: str) -> str:
    """Return the token of a body's template, "" without a key or a body."""
    return "" if key is None or code == "" else token(key, form=form.id, version=form.version, year=year, code=code)


def issued_name(body: Respondent, year: int) -> str:
    """Return the file name of an issued template: code, short name from the roster, year."""
    short = re.sub(r"[^\w（）()]", "", body.short or body.name)[:12]
    return f"{body.code}_{short}_{year}年报.xlsx"


def carried(form: Form, before: Return) -> dict[str, Answer]:
    """Return the inputs that last year's return fixes.

    上年结转 of each column is last year's 结转下年度 (the same codes in both formats); in the 2019 format 上一年项目数量
    is last year's 上一年项目数量 + 本年增/减. A figure that last year left blank or unreadable fixes nothing.
    """
    answers: dict[str, Answer] = {}
    known = before.last_figures
    for code in form.inputs:
        table, row, column = code.split(".")
        figure: Number | None = None
        if (table, row) == ("t3", "r2"):
            figure = known.get(f"t3.r4.{column}")
        elif column == "last_year" and before.form.id == form.id:
            stated, change = known.get(code), known.get(f"{table}.{row}.change")
            figure = None if stated is None or change is None else stated + change
        if figure is not None:
            answers[code] = Filled(Decimal(figure) if form.items[code].kind == "money" else figure)
    return answers
