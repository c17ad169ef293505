"""Who is expected to file: code, names over time, level, address, predecessors, in the roll-up or not."""

from toolkit.roster.bodies import (
    ALPHABET,
    COLUMNS,
    HEADER_ROWS,
    LEVELS,
    Column,
    Respondent,
    Roster,
    below_city,
    check_character,
    code_fault,
    folded,
    roster_from_csv,
    roster_from_rows,
)

__all__ = [
    "ALPHABET",
    "COLUMNS",
    "HEADER_ROWS",
    "LEVELS",
    "Column",
    "Respondent",
    "Roster",
    "below_city",
    "check_character",
    "code_fault",
    "folded",
    "roster_from_csv",
    "roster_from_rows",
]
