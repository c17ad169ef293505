"""A return: one respondent × one form × one year, with every item answered."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.findings import Finding
from toolkit.forms import Form
from toolkit.returns.keeping import BLANK, kept_answers, listed, unanswered, unlisted
from toolkit.returns.return_parts import CoverField, Explanation, Identity, PackageEntry, Paragraph, Place

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""One for all returns that have none."""


class Return(Struct, frozen=True, dict=True):
    """One filled form.

    ``answers`` holds every input; ``stated`` what the file shows in formula items whose formula is gone, ``shown``
    the cached results of those whose formula stands; ``declared`` the tables whose blanks are declared zero;
    ``places`` the cell of every item; ``prefilled`` what last year put in for them;
    ``earlier`` explanations that were cleared or replaced; ``lineage`` the marks of the versions that a reply was built
    from, the latest first (() for a template, and for a reply that carries none); ``package`` what stands beside the
    cells and what became of it; ``figures`` is derived: every item as it counts, blanks 0, unreadable None.
    """

    form: Form
    identity: Identity
    answers: Mapping[str, Answer]
    stated: Mapping[str, Answer] = NOTHING
    shown: Mapping[str, Number] = NOTHING
    declared: frozenset[str] = frozenset()
    text: Mapping[str, tuple[Paragraph, ...]] = NOTHING
    cover: Mapping[str, CoverField] = NOTHING
    places: Mapping[str, Place] = NOTHING
    prefilled: Mapping[str, Number] = NOTHING
    explanations: tuple[Explanation, ...] = ()
    earlier: tuple[Explanation, ...] = ()
    remarks: tuple[CoverField, ...] = ()
    package: tuple[PackageEntry, ...] = ()
    lineage: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    file: str | None = None
    sha256: str | None = None

    @cached_property
    def figures(self) -> Mapping[str, Number | None]:
        """Return the figures of all items as rules and sums look at them."""
        return MappingProxyType(self.form.complete(dict(zip(self.form.inputs, self.amounts, strict=True))))

    def __reduce__(self) -> tuple[object, ...]:
        """Travel without what is derived and what is empty."""
        state = {name: getattr(self, name) for name in self.__struct_fields__ if name != "answers"}
        return _again, ({name: value for name, value in state.items() if value}, listed(self.form, self.answers))

    @property
    def year(self) -> int | None:
        """Return the report year that the workbook states."""
        return self.identity.year

    @property
    def untouched(self) -> frozenset[str]:
        """Return the inputs that still show what was put in for them."""
        shown = ((code, figure, self.answers.get(code)) for code, figure in self.prefilled.items())
        return frozenset(code for code, figure, now in shown if isinstance(now, Filled) and now.value == figure)

    @property
    def blanks(self) -> frozenset[str]:
        """Return the inputs that are not answered, see ``unanswered``."""
        return unanswered(self.form, self.answers, self.declared, self.untouched)

    @property
    def amounts(self) -> Sequence[Number | None]:
        """Return the figures of the inputs in the order of the form: blanks 0, unreadable None."""
        answers = (self.answers.get(code, BLANK) for code in self.form.inputs)
        return [
            answer.value if isinstance(answer, Filled) else None if isinstance(answer, Unreadable) else 0
            for answer in answers
        ]

    @property
    def entries(self) -> Sequence[Number | None]:
        """Return what stands for the inputs in the order of the form: blanks declared zero are 0, others None.

        What is unreadable is None too.
        """
        answers = (self.answers.get(code, BLANK) for code in self.form.inputs)
        entries = [answer.value if isinstance(answer, Filled) else None for answer in answers]
        if self.declared:
            for at, code in enumerate(self.form.inputs):
                if self.form.items[code].table in self.declared and entries[at] is None:
                    entries[at] = None if isinstance(self.answers.get(code), Unreadable) else 0
        return entries

    def last_answer(self, code: str) -> Answer:
        """Return the answer to an input as the year after looks at it: a blank that is declared zero is 0."""
        answer = self.answers.get(code, BLANK)
        return Filled(0) if isinstance(answer, Blank) and self.form.items[code].table in self.declared else answer

    @property
    def last_figures(self) -> Mapping[str, Number | None]:
        """Return the figures of all items as the year after looks at them: what was left blank is not known, None."""
        return self.form.complete(dict(zip(self.form.inputs, self.entries, strict=True)))

    @property
    def stands(self) -> tuple[int | str, ...]:
        """Return what stands in the inputs, in the order of the form: figures as they count, else the text in the cell."""
        amounts = zip(self.form.inputs, self.amounts, strict=True)
        return tuple(_raw(self.answers[code]) if amount is None else _plain(amount) for code, amount in amounts)

    @property
    def content(self) -> bytes:
        """Return a digest of what two files must share to be duplicates: figures, declarations and text."""
        amounts = [None if amount is None else _plain(amount) for amount in self.amounts]
        texts = [
            (number, paragraph.head, paragraph.text)
            for number, paragraphs in sorted(self.text.items())
            for paragraph in paragraphs
        ]
        content = repr((self.form.id, amounts, sorted(self.declared), texts))
        return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    @property
    def light(self) -> Return:
        """Return what other returns are compared with: the answers, without places, repairs and findings, and the text."""
        return Return(
            self.form, self.identity, kept_answers(self.form, self.answers), declared=self.declared, text=self.text,
            places=self._moved, prefilled=self.prefilled, lineage=self.lineage, file=self.file, sha256=self.sha256,
        )  # fmt: skip

    @property
    def _moved(self) -> Mapping[str, Place]:
        """Return the place of one item of every table whose sheet is called otherwise: findings name that sheet."""
        firsts = ((self.place(table.inputs[0].code), table) for table in self.form.tables)
        return {
            t.inputs[0].code: place for place, t in firsts if place is not None and place.sheet != t.sheet
        } or NOTHING

    def __repr__(self) -> str:
        """Return one line: the form, the year, whose it is, and how many items are filled, blank and unreadable."""
        states = Counter(type(self.answers.get(code, BLANK)).__name__.lower() for code in self.form.inputs)
        counts = ", ".join(f"{states[state]} {state}" for state in ("filled", "blank", "unreadable"))
        whose = self.identity.name or self.identity.code or "(no body)"
        return f"<Return {self.form.id} {self.year or '(no year)'} {whose}: {counts}>"

    def place(self, code: str) -> Place | None:
        """Return where an item stands, or None for a return that came from no workbook."""
        return self.places.get(code)


def _again(state: dict[str, Any], answers: Sequence[Answer | Number | None]) -> Return:
    return Return(**state, answers=unlisted(state["form"], answers))


def mark_of(content: bytes, sha256: str) -> str:
    """Return the mark of a version: its content and its bytes; either tells that a file is that version."""
    return f"{content.hex()[:12]}:{sha256[:12]}"


def fingerprint(rule: str, items: tuple[str, ...], figures: Mapping[str, Number | None]) -> str:
    """Return the 12 hexadecimal digits that tie an explanation to a rule, its items and their figures.

    Changed figures give another fingerprint, so the explanation lapses. Decimals count by value (25.10 is 25.1).
    """
    parts = [rule] + [f"{code}={_canonical(figures.get(code))}" for code in items]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]


def _canonical(value: Number | None) -> str:
    if value is None:
        return "?"
    return format(value.normalize(), "f") if not isinstance(value, int) else str(value)


def _plain(value: Number) -> int | str:
    """Return a figure in the one way in which equal values are written alike: 2.0 as 2, 25.10 as 25.1."""
    if isinstance(value, int) or value == value.to_integral_value():
        return int(value)
    return str(value.normalize())


def _raw(answer: Answer) -> str:
    return f"“{answer.raw}”" if isinstance(answer, Unreadable) else ""
