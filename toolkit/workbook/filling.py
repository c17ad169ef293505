"""What goes into a workbook: figures, marks, text and identity. The writer takes it together with a form's layout."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from toolkit.answers import Answer, Number
from toolkit.findings import Finding, Severity
from toolkit.forms import Form
from toolkit.returns import Explanation
from toolkit.returns.extent import Extent


class Mark(Struct, frozen=True):
    """What is wrong with a cell: it is coloured by severity and carries the note as a comment.

    ``lines`` are the numbers of the lines of 审核意见 that are about it: the colour goes when they are done.
    """

    severity: Severity
    note: str
    lines: tuple[int, ...] = ()


class ReviewedCell(Struct, frozen=True):
    """A field of the cover or a paragraph that a finding points at: its cell and text, or how many texts its chapter has."""

    sheet: str
    row: int
    column: int
    text: str = ""
    texts: int | None = None


class Text(Struct, frozen=True):
    """One paragraph under a fixed sub-heading ("" when the chapter has none)."""

    head: str
    text: str


class Filling(Struct, frozen=True):
    """Everything that one workbook holds.

    ``kind`` is blank, issued, reply or rollup. In a blank the respondent types itself on the cover; in an issued
    template and a reply it is fixed. ``prefilled`` items come from last year, of which ``last_year`` gives the figures (None: not known);
    ``last_of`` names whose they are where bodies were reorganised, ``sharers`` those that share them: then no rule
    compares the body alone with them. ``review`` are the findings that 审核意见 lists,
    ``targets`` where the sheet and cell that one names are now, ``remarks`` what the respondent wrote outside the
    form, ``package`` what else its file holds, a line each.
    ``formulas`` (roll-up) gives inputs that are formulas over 明细, with the value each has in ``answers``, and the ``extent`` says what it covers.
    ``token`` is the issued template's keyed token.
    """

    form: Form
    year: int
    kind: str = "blank"
    code: str = ""
    name: str = ""
    level: str = ""
    region: str = ""
    round: int = 0
    token: str = ""
    lineage: tuple[str, ...] = ()
    cover: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    text: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)
    explanations: tuple[Explanation, ...] = ()
    prefilled: frozenset[str] = frozenset()
    last_year: Mapping[str, Number | None] = field(default_factory=dict)
    last_of: str = ""
    sharers: str = ""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    review: tuple[Finding, ...] = ()
    targets: Mapping[tuple[str, str], tuple[ReviewedCell, ...]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    package: tuple[str, ...] = ()
    formulas: Mapping[str, str] = field(default_factory=dict)
    extent: Extent = Extent()

    @property
    def stage(self) -> str:
        """Return what stands behind the body's name on every table of a partial roll-up; "" otherwise."""
        return f"　　【{self.extent.label}】" if self.extent.label else ""

    @property
    def fields(self) -> dict[str, str]:
        """Return what the fields of the cover hold."""
        known = {"name": self.name, "code": self.code, "year": str(self.year)}
        return dict(self.cover) | {key: value for key, value in known.items() if value != ""}

    def fixed(self, key: str) -> bool:
        """Tell whether a field of the cover is fixed: the year always, the body once it is known in anything but a blank."""
        known = {"name": self.name, "code": self.code}
        return key == "year" or (self.kind != "blank" and known.get(key, "") != "")

    @property
    def footer(self) -> str:
        """Return the foot of a printed page, in Excel's codes."""
        return f"&L{self.form.title}（{self.year} 年度）&R第 &P 页 / 共 &N 页"
