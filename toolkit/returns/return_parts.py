"""What a return consists of: whose it is, its places, cover, paragraphs and explanations."""

from __future__ import annotations

from msgspec import Struct

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


class Paragraph(Struct, frozen=True):
    """A paragraph of a chapter; ``head`` is the fixed sub-heading it stands under ("" when none)."""

    text: str
    place: Place
    head: str = ""


class Explanation(Struct, frozen=True):
    """A respondent's reason for a warning, tied to a rule, its items and the figures it explains.

    ``fingerprint`` is "" where the respondent has only just written it (it then explains the figures beside it).
    """

    rule: str
    items: tuple[str, ...]
    fingerprint: str
    text: str
    place: Place | None = None


class Identity(Struct, frozen=True):
    """Whose return it is, for which year: what the carriers inside the workbook say (None: they say nothing)."""

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
