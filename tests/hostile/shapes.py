"""Workbooks that do harm, are damaged or merely strange: each shape has a builder of its own and an expected outcome."""

from __future__ import annotations

from tests.hostile import blowups, containers, formats, values, xml
from tests.hostile.case import Case

GROUPS: dict[str, tuple[Case, ...]] = {
    "containers": tuple(containers.CASES),
    "xml": tuple(xml.CASES),
    "blowups": tuple(blowups.CASES),
    "values": tuple(values.CASES),
    "formats": tuple(formats.CASES),
}
"""All shapes by subject, in the order in which they are written down."""
