"""The workbook writer: from (Form, Filling) to sheets – blank, issued, prefilled, returned, and inside the roll-up."""

from toolkit.workbook.filling import Filling, Mark, ReviewedCell, Text
from toolkit.workbook.writing import blank_name, describe, new_book, put_sheets, write

__all__ = ["Filling", "Mark", "ReviewedCell", "Text", "blank_name", "describe", "new_book", "put_sheets", "write"]
