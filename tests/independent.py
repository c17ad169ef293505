"""Sentences by people who knew the forms and not the rules (``independent_sentences.tsv``), in two samples.

Of the first, before anybody saw it, 57 % of the contradictions were found and 12 right sentences of 249 accused; the rules
were then widened on it. Of the second, before anybody saw it, 155 of 165 were found and 7 of 218 accused; five kinds of
those seven were mended since (a sentence that its writer had labelled wrongly is left out).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from toolkit.answers import Filled
from toolkit.checking.text import check_text
from toolkit.forms import form_for_year
from toolkit.returns import Identity, Paragraph, Place, Return

FILE = Path(__file__).with_name("independent_sentences.tsv")


class Rate(Struct, frozen=True):
    """How many sentences contradict their tables and are found, how many agree and are accused all the same."""

    wrong: int
    found: int
    right: int
    accused: int


def rate(sample: str) -> Rate:
    """Return what the rules say of the ``first`` or the ``second`` sample; heads that lack text (N10) apart."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = [
            row for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE) if row["sample"] == sample
        ]
    codes = [_codes(row) for row in rows]
    wrong = [set(row["expected"].split()) & set(seen) for row, seen in zip(rows, codes, strict=True) if row["expected"]]
    right = [seen for row, seen in zip(rows, codes, strict=True) if not row["expected"]]
    return Rate(len(wrong), sum(map(bool, wrong)), len(right), sum(map(bool, right)))


def _codes(row: dict[str, str]) -> Sequence[str]:
    form = form_for_year(int(row["year"]))
    typed = dict.fromkeys(form.inputs, "0") | dict(pair.split("=") for pair in row["figures"].split())
    answers = {
        code: Filled(Decimal(value) if form.items[code].kind == "money" else int(value))
        for code, value in typed.items()
    }
    text = {row["chapter"]: (Paragraph(row["sentence"], Place("一、总体情况", "A3"), row["head"]),)}
    ret = Return(form, Identity(form.id, int(row["year"]), name=row["body"]), answers, text=text)
    return [finding.code for finding in check_text(ret) if finding.code != "N10"]
