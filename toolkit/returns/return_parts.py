"""What a return consists of: whose it is, its places, cover, paragraphs and explanations."""

from __future__ import annotations

from msgspec import Struct

from toolkit.findings import Wording, phrase

COVER = ("name", "code", "year", "preparer", "reviewer", "head", "phone")
"""The fields of the cover: 单位, 统一社会信用代码, 年度, 填报人, 审核人, 负责人, 联系电话."""


class Place(Struct, frozen=True):
    """Where something stands in a workbook."""

    sheet: str
    cell: str


class CoverField(Struct, frozen=True):
    """What a field of the cover says, and where."""

    value: str
    place: Place


class PackageEntry(Struct, frozen=True):
    """What stands in a workbook beside the cells of its form, and what became of it.

    ``kind`` is note, thread, box, picture, file, chart, control, shape, sheet or unread (a part that could not be read);
    ``state`` is read (text of a chapter), quoted or named. The place's cell is "" where the file names none.
    """

    kind: str
    place: Place
    state: str
    text: str = ""
    author: str = ""

    @property
    def kind_words(self) -> Wording:
        """Return what it is, in words."""
        return phrase(f"package_{self.kind}")

    @property
    def state_words(self) -> Wording:
        """Return what became of it, in words."""
        return phrase(f"package_state_{self.state}")


class Paragraph(Struct, frozen=True):
    """A paragraph of a chapter; ``head`` is the fixed sub-heading it stands under ("" when none)."""

    text: str
    place: Place
    head: str = ""


class Explanation(Struct, frozen=True):
    """A respondent's reason for a warning, tied to a rule, its items and the figures it explains.

    ``fingerprint`` is "" where it names a rule alone (it then explains the figures beside it). ``state`` is how a reply
    carried it: accepted or refused stood in the cell to write in, as did what an earlier toolkit carried (""); lapsed
    (the figures changed) and cleared stood beside it; of what is replaced a newer one stands there.
    """

    rule: str
    items: tuple[str, ...]
    fingerprint: str
    text: str
    place: Place | None = None
    state: str = ""

    @property
    def in_cell(self) -> bool:
        """Tell whether the text stands in the cell to write in."""
        return self.state in ("", "accepted", "refused")


class Identity(Struct, frozen=True):
    """Whose return it is, for which year: what the carriers inside the workbook say (None: they say nothing).

    A roll-up says its ``coverage``, who is ``uncounted`` and who was ``late``, see ``Extent``.
    """

    form: str | None = None
    year: int | None = None
    code: str | None = None
    name: str | None = None
    level: str | None = None
    region: str | None = None
    kind: str = "return"
    round: int = 0
    issued: bool = False
    token: str = ""
    coverage: str = ""
    uncounted: str = ""
    late: str = ""
