"""The very hidden sheet ``_meta``: whose workbook it is, what was prefilled, which explanations it carries.

Identity stands in two more places, document properties and defined names; any one of the three is enough.
"""

from __future__ import annotations

from toolkit.cells import Column, ListSheet

META = ListSheet("_meta", -1, (Column("key"), Column("value"), Column("fingerprint"), Column("text")))
"""A key and its value a row; then the sections, each begun by its name in the column of keys."""
META_KEYS = ("format", "kind", "form", "version", "year", "code", "name", "level", "region", "round", "token")
META_PREFILLED = "prefilled"
"""Section: item and value a row."""
META_EXPLANATIONS = "explanations"
"""Section: a row has the rule as key, the items separated by spaces as value, then fingerprint and text."""
PROPERTY_PREFIX = "nianbao."
"""How the custom document properties are called: ``nianbao.form`` etc."""
NAME_PREFIX = "NIANBAO_"
"""How the defined names that carry identity are called: ``NIANBAO_FORM`` etc., string constants."""
