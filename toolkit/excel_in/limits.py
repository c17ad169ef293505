"""The fixed limits of the reader, each with its reason. A workbook past one of them is refused before it can hurt.

Our own return has some 40 KB, 15 parts, 10 sheets, 700 cells and 330 names; every limit leaves a factor of fifty or
more for what offices and programs add by themselves.
"""

FILE_BYTES = 20 * 2**20
"""A return with pasted pictures stays below 20 MiB; mail servers stop there too."""
PART_BYTES = 48 * 2**20
"""One part, inflated: a sheet of 100,000 styled rows has less."""
TOTAL_BYTES = 96 * 2**20
"""All parts that are read, inflated, counted while inflating: what the sizes in the directory claim is not believed."""
MEMBERS = 2_000
"""Members of the zip: a workbook with 60 sheets and their pictures has a few hundred."""
XML_DEPTH = 64
"""Nesting of elements: real parts stay below 20."""
ELEMENTS = 3_000_000
"""Elements of one other part: each costs a microsecond or two."""
XML_TAGS = 1_000_000
"""Tags of one sheet: four to six a cell."""
XML_ATTRIBUTES = 1_500_000
"""Attributes of one sheet: three or four a cell."""
CACHED_BYTES = 65_536
"""Styles of more bytes are parsed anew each time rather than remembered."""
SHEETS = 200
CELLS = 300_000
"""Cells with content or a style, over all sheets; each costs some 200 bytes."""
STRINGS = 200_000
"""Shared strings."""
TEXT_CHARACTERS = 40_000
"""One cell's text: Excel itself stops at 32,767."""
ALL_TEXT_CHARACTERS = 8_000_000
NAMES = 20_000
MERGES = 20_000
STYLES = 70_000
"""Cell formats: Excel stops at 65,490."""
FORMULA_CHARACTERS = 9_000
"""Excel stops at 8,192."""
SHARED_FORMULAS = 20_000
"""Cells that take part in a shared formula; each is expanded."""
EXPANDED_CHARACTERS = 4_000_000
"""All shared formulas of a sheet, written out."""
ROWS = 1_048_576
COLUMNS = 16_384
