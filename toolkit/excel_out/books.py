"""A workbook being written.

Every cell format is locked unless it says otherwise, while the style Normal is unlocked: a paste from Word or the web
resets a cell to Normal, and such an input must stay an input.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xlsxwriter.workbook import Workbook as _XlsxWorkbook

from toolkit.excel_out.library import Reaching, Structured
from toolkit.excel_out.measures import SIZE
from toolkit.excel_out.sheets import FONT, Sheet
from toolkit.excel_out.strict import encodable, strict

_ALWAYS = {"font_name": FONT, "font_size": SIZE, "valign": "vcenter", "locked": True}


class Workbook:
    """A workbook being written in memory; ``bytes()`` closes it.

    ``created`` is the only time in it. The parts of a ``large`` one wait in temporary files. ``properties`` become custom document properties, as strings.
    """

    def __init__(
        self,
        created: datetime,
        *,
        title: str = "",
        subject: str = "",
        properties: Mapping[str, str] | None = None,
        structure_locked: bool = True,
        constant_memory: bool = False,
        large: bool = False,
    ) -> None:
        self._buffer = io.BytesIO()
        options = {
            "in_memory": not (constant_memory or large),
            "constant_memory": constant_memory,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": FONT, "font_size": SIZE, "locked": False, "valign": "vcenter"},
        }
        library = Structured if structure_locked else _XlsxWorkbook
        with strict("新建工作簿"):
            self._book = library(self._buffer, options)
            self._book.set_properties(
                {"title": title, "subject": subject, "author": "nianbao", "company": "", "created": created}
            )
            self._book.set_size(1500, 950)
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        """The formats by their properties."""
        self._closed: bytes | None = None
        self.sheets: dict[str, Sheet] = {}
        for key, value in (properties or {}).items():
            self.carry(key, value)

    def carry(self, key: str, value: str) -> None:
        """Give the workbook a custom document property, a string."""
        with strict(key):
            self._book.set_custom_property(key, encodable(value), "text")

    def format(self, **props: Any) -> Any:
        """Return the format of these properties, one object for equal properties; locked unless ``locked=False``."""
        key = tuple(sorted((_ALWAYS | props).items()))
        if key not in self.formats:
            with strict("格式"):
                self.formats[key] = self._book.add_format(_ALWAYS | props)
        return self.formats[key]

    def sheet(self, name: str) -> Sheet:
        """Add a sheet; a name that Excel refuses raises WorkbookError."""
        with strict(name):
            self.sheets[name] = Sheet(self, name, self._book.add_worksheet(name, Reaching))
        return self.sheets[name]

    def define_name(self, name: str, reference: str) -> None:
        """Define a name of the workbook for a reference or a constant such as ``="2021"``."""
        with strict(name) as done:
            done(self._book.define_name(name, encodable(reference)))

    def chart(self, kind: str, subtype: str | None = None) -> Any:
        """Return a new native chart to fill and to insert with ``Sheet.chart``."""
        with strict("图表"):
            return self._book.add_chart({"type": kind} | ({"subtype": subtype} if subtype else {}))

    def bytes(self) -> bytes:
        """Close the workbook and return its bytes."""
        if self._closed is None:
            with strict("保存"):
                self._book.close()
            self._closed = self._buffer.getvalue()
        return self._closed
