"""Who is expected to file: code, names over time, level, address, predecessors, in the roll-up or not."""

from toolkit.roster.bodies import LEVELS, Respondent, Roster, folded, without_rules
from toolkit.roster.credit_codes import ALPHABET, check_character, code_fault
from toolkit.roster.reorganisation import Succession, Transfer, circle, grouped
from toolkit.roster.roster_reader import roster_from_csv, roster_from_rows
from toolkit.roster.roster_sheet import REGION_WORD, REQUIRED_MARK, ROSTER

__all__ = [
    "ALPHABET", "LEVELS", "REGION_WORD", "REQUIRED_MARK", "ROSTER", "Respondent", "Roster", "Succession", "Transfer",
    "check_character", "circle", "code_fault", "folded", "grouped", "roster_from_csv", "roster_from_rows", "without_rules",
]  # fmt: skip
