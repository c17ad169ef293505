"""A return: one respondent × one form × one year, with every item answered, and the roll-up of many."""

from toolkit.returns.check_number import checksum
from toolkit.returns.correction_grounds import ground_lacking
from toolkit.returns.file_states import BODY_STATES, FILE_STATES, BodyState, Checked, FileState, ReadFile
from toolkit.returns.keeping import unanswered
from toolkit.returns.reasons import counts, is_reason, lacking
from toolkit.returns.return_parts import COVER, CoverField, Explanation, Identity, PackageEntry, Paragraph, Place
from toolkit.returns.rollup import Adjustment, AdjustmentLine, RollUp, Source
from toolkit.returns.settlement import Decisions, Region, Standing, Waiver
from toolkit.returns.whole_return import Return, fingerprint, mark_of

__all__ = [
    "BODY_STATES", "COVER", "FILE_STATES", "Adjustment", "AdjustmentLine", "BodyState", "Checked", "CoverField", "Decisions",
    "Explanation", "FileState", "Identity", "PackageEntry", "Paragraph", "Place", "ReadFile", "Region", "Return",
    "RollUp", "Source", "Standing", "Waiver", "checksum", "counts", "fingerprint", "ground_lacking", "is_reason", "lacking",
    "mark_of", "unanswered",
]  # fmt: skip
