"""What is asked: the official formats as data, and what follows from them for one check."""

from toolkit.forms.definition import Check, Form, Item, Part, Phrase, Rule, Table
from toolkit.forms.load import (
    FORM_IDS,
    form_for_year,
    form_ids,
    load_form,
    load_form_file,
    own_forms,
    own_texts,
    use_form,
)
from toolkit.forms.verdicts import Judgement, Verdict, View, judge, stands

__all__ = [
    "FORM_IDS", "Check", "Form", "Item", "Judgement", "Part", "Phrase", "Rule", "Table", "Verdict", "View",
    "form_for_year", "form_ids", "judge", "load_form", "load_form_file", "own_forms", "own_texts", "stands", "use_form",
]  # fmt: skip
