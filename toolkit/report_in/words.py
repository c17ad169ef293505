"""The labels of all forms together: what tells a table of the form from another before the form is known."""

from __future__ import annotations

from toolkit.forms import FORM_IDS, load_form
from toolkit.report_in.labels import Vocabulary

STUBS = Vocabulary(
    line.label for form in FORM_IDS for table in load_form(form).tables if table.id != "t4" for line in table.rows
)
"""Labels at the left of rows."""
HEADS = Vocabulary(line.label for form in FORM_IDS for table in load_form(form).tables for line in table.columns)
"""Labels over columns."""
LABELS = Vocabulary(label.text for form in FORM_IDS for table in load_form(form).tables for label in table.labels)
"""Everything that the forms print."""


def labelled(texts: list[str], least: int) -> bool:
    """Tell whether so many of the texts are labels of a form."""
    found = 0
    for text in texts:
        found += bool(text.strip()) and LABELS.of(text) is not None
        if found >= least:
            return True
    return False
