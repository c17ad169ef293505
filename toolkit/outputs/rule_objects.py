"""The object of ``rules``: what is checked, as data (docs/json.md)."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.findings import Entry
from toolkit.forms import Rule
from toolkit.outputs.contract import Json, attributes


def rules_json(form: str, rules: Sequence[Rule], text_rules: Sequence[Entry]) -> Json:
    """Return the object of ``rules``: those of a form, and those about the text, which have no expression."""
    return {"schema": "nianbao.rules/1", "form": form, "rules": [*map(_rule, rules), *map(_text_rule, text_rules)]}


def _rule(rule: Rule) -> Json:
    return {
        **attributes(rule, "id", "variant"),
        "severity": rule.severity.value,
        "title": rule.entry.title,
        "expression": rule.expression,
        "guards": list(rule.guards),
        "on_sheet": rule.on_sheet,
        "yields": rule.yields,
        **attributes(rule.entry, "ground", "remedy"),
        **attributes(rule, "level", "first_year", "last_year"),
        "checks": [{**attributes(check, "key", "words"), "items": list(check.items)} for check in rule.checks],
    }


def _text_rule(entry: Entry) -> Json:
    return {
        "id": entry.code,
        "variant": "",
        "severity": entry.severity.value,
        "title": entry.title,
        "expression": "",
        "guards": [],
        "on_sheet": False,
        "yields": False,
        **attributes(entry, "ground", "remedy"),
        **dict.fromkeys(("level", "first_year", "last_year")),
        "checks": [],
    }
