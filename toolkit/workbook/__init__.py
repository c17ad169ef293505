"""The workbook writer: from (Form, Filling) to sheets – blank, issued, prefilled, returned, and inside the roll-up."""

from toolkit.workbook.filling import Filling, Mark, Text

__all__ = ["Filling", "Mark", "Text"]
