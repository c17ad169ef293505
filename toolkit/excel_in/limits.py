"""The fixed limits of the reader, each with its reason. A workbook past one of them is refused before it can hurt.

Our own return has some 40 KB, 15 parts, 10 sheets, 700 cells and 330 names; every limit leaves a factor of fifty or
more for what offices and programs add by themselves.
"""

from toolkit import files

FILE_BYTES = files.FILE_BYTES
"""A return with pasted pictures stays below 20 MiB."""
PART_BYTES = 80 * 2**20
"""One part, inflated: the sheet 明细 of a roll-up of 10,000 bodies has some 65 MiB."""
TOTAL_BYTES = 128 * 2**20
"""All parts that are read, inflated: added up from the directory first, then counted while inflating."""
MEMBERS = 2_000
"""Members of the zip: a workbook with 60 sheets and their pictures has a few hundred."""
XML_DEPTH = 64
"""Nesting of elements: real parts stay below 20."""
PIECE_BYTES = 2**18
"""A larger sheet is parsed in pieces of this size; what was read is let go before the next."""
PENDING_ELEMENTS = 150_000
"""Elements and attributes of a sheet that wait for the end of theirs: a row of 16,384 filled cells has some 100,000."""
OVERLAYS = 20_000
"""Notes, boxes, pictures and the like, over all sheets: a reply has some 200."""
OVERLAY_BYTES = 2**24
"""One part that holds them, inflated: the notes of a reply have 60 KB. Pictures are not opened."""
OVERLAY_TAGS = 400_000
"""Tags of all these parts: some ten for a note or a box."""
OVERLAY_CHARACTERS = 1_000_000
"""Their texts: a report has 50,000."""
STRETCH_BYTES = 2**19
"""Bytes without a tag: 32,767 characters, each written as a reference, have 260,000."""
XML_TAGS = 9_000_000
"""Tags of one sheet, start and end: four a cell; each costs half a microsecond."""
OTHER_TAGS = 400_000
"""Tags of a part that is neither sheet nor strings nor an .ods: 65,490 cell formats have 330,000."""
STRING_TAGS = 1_000_000
"""Tags of the shared strings: four each, more with formatted runs."""
ODS_TAGS = 1_500_000
"""Tags of an .ods, where each costs two microseconds: four a cell with content."""
CACHED_BYTES = 65_536
"""Styles of more bytes are parsed anew each time rather than remembered."""
SHEETS = 200
"""A roll-up has some 20; Excel has no limit of its own."""
SHEET_NAME = 255
"""Characters of a sheet's name: Excel stops at 31, LibreOffice does not."""
CELLS = 300_000
"""Cells with content of an .ods or .xls: a return has some 500; a roll-up is an .xlsx."""
PLACES = 2_000_000
"""Places of an .xlsx with content or a style: 10,000 bodies with 200 items each. A place costs some 120 bytes."""
CONTENTS = 400_000
"""Different contents of cells, each some 300 bytes: equal figures share one. A return has some 500."""
STRINGS = 200_000
"""Shared strings: a roll-up of 10,000 bodies has some 60,000."""
TEXT_CHARACTERS = 40_000
"""One cell's text: Excel itself stops at 32,767."""
ALL_TEXT_CHARACTERS = 8_000_000
"""The texts of all shared strings, and of all cells: one string in many cells counts each time. A report has 50,000."""
COLUMN_RANGES = 500_000
"""Ranges of columns, over all sheets: SheetJS writes one for each of the 16,384 columns of the 20 sheets of a roll-up;
each costs two microseconds."""
NAMES = 20_000
"""Defined names, and properties: our templates have 330; copying sheets about adds some each time."""
MERGES = 20_000
"""Merged ranges over all sheets: our templates have some 100."""
FORMAT_CHARACTERS = 255
"""A number format: Excel stops there; more is not looked at."""
HIDDEN_ROWS = 5_000
"""Rows of which it is noted that they are hidden: the tables of the form end before row 100."""
HIDDEN_COLUMNS = 256
"""Columns likewise."""
STYLES = 70_000
"""Cell formats: Excel stops at 65,490."""
FORMULA_CHARACTERS = 9_000
"""Excel stops at 8,192."""
SHARED_FORMULAS = 20_000
"""Cells of a workbook that take part in shared formulas; each is expanded."""
EXPANDED_CHARACTERS = 600_000
"""All shared formulas of a workbook, written out: a microsecond each; 20,000 formulas of 30 characters."""
ROWS = 1_048_576
"""Rows of a sheet, as Excel has them."""
COLUMNS = 16_384
"""Columns of a sheet, as Excel has them."""
