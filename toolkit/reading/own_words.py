"""What we wrote ourselves: prompts, notes, heads and live lines are ours wherever they stand, never anybody's answer."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from toolkit.excel_in import Cell, CellError
from toolkit.forms import form_ids, load_form
from toolkit.forms.sheets import (
    BODY_LINE,
    CHECKS_NOTE,
    FILLED_IN,
    FOOT_WORDS,
    FREE_HEADING,
    FREE_PROMPT,
    HOW_TO,
    LAST_ADDED,
    LAST_SHARED,
    LAST_WORD,
    LEGEND,
    PROMPT_START,
    REVIEW_LINK,
)
from toolkit.reading.wording import plain, text_of
from toolkit.returns.derived_sentences import LABEL, UNFILLED, UNREADABLE

_LONGEST = 200
"""Characters of the longest text of ours."""
_LITERAL = re.compile(r'"([^"]+)"')
_LIVE = (BODY_LINE, FILLED_IN, *FOOT_WORDS, UNFILLED, UNREADABLE, REVIEW_LINK)
"""How the texts begin that our formulas put together."""
_BACK = re.compile(rf"{REVIEW_LINK} \d+(?:、\d+)* 条（\W?\w{{2}}）：(?:未改|已处理)")
"""A link from a row back to its lines of 审核意见, where a program left of its formula the text alone."""


@cache
def _sentences(forms: tuple[str, ...]) -> frozenset[str]:
    """Return every text of ours that stands as it is in some workbook, as it is compared."""
    prompts = [part.prompt for form_id in forms for part in load_form(form_id).chapters]
    advice = [f"{at}. {line}" for at, line in enumerate(HOW_TO, 1)]
    fixed = (CHECKS_NOTE, FREE_HEADING, FREE_PROMPT, LABEL, UNFILLED, UNREADABLE)
    return frozenset(map(plain, (*prompts, *advice, *HOW_TO, *LEGEND, *fixed)))


@cache
def _last(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Return how last year's figures beside a row are written: with one word more it is theirs."""
    items = [item.short for form_id in forms for item in load_form(form_id).items.values()]
    names = {re.escape(name) for short in items for name in short.split("·")} | {"其余"}
    figure = f"(?:(?:{'|'.join(sorted(names))}) )?(?:不详|-?[0-9.]+)"
    whose = "|".join(text.replace("{}", "[^，\n]{1,99}") for text in (LAST_ADDED, LAST_SHARED))
    return re.compile(f"{LAST_WORD}{figure}(?:、{figure})*(?:{whose})?")


def is_own(cell: Cell) -> bool:
    """Tell whether a cell holds a sentence of ours, or a formula that puts one together, whatever it shows now."""
    if cell.formula is not None and _puts_together(cell.formula):
        return True
    if not isinstance(cell.value, str) or len(cell.value) > _LONGEST:
        return False
    if cell.value.startswith(LAST_WORD) and cell.locked is not False and _last(form_ids()).fullmatch(cell.value):
        return True
    return (
        cell.value.startswith(PROMPT_START)
        or plain(cell.value) in _sentences(form_ids())
        or _BACK.fullmatch(cell.value) is not None
    )


@lru_cache(1024)
def _puts_together(formula: str) -> bool:
    return any(begins(literal, _LIVE) for literal in _LITERAL.findall(formula) if plain(literal))


def is_note(cell: Cell) -> bool:
    """Tell whether a cell holds the note or the signatures that stand below a table."""
    return is_own(cell) or (isinstance(cell.value, str) and begins(cell.value, FOOT_WORDS))


def begins(text: str, words: tuple[str, ...]) -> bool:
    """Tell whether a text begins with one of our words."""
    return plain(text[:_LONGEST]).startswith(_compared(words))


@cache
def _compared(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(plain, words))


def is_hollow(cell: Cell) -> bool:
    """Tell whether a cell holds what some programs leave of a formula of ours: 0, FALSE or an error."""
    return cell.value == 0 or isinstance(cell.value, CellError) or not text_of(cell).strip()
