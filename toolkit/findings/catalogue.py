"""The one catalogue: every sentence that a person can be shown about a return, in Chinese and English (``catalogue.toml``).

An entry has a code (``FILE_001``) or is a rule (``I1``), whose variants say it in other words where it needs them. Phrases
are what is put into entries; faults are what stops the toolkit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any

import tomli
from msgspec import Struct, convert

from toolkit.findings.toml import shipped_text


class Severity(StrEnum):
    """The three levels of the European Statistical System: error, warning, information."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def zh(self) -> str:
        """Return the word that clerks read: 错误, 存疑 or 提示."""
        return {"error": "错误", "warning": "存疑", "info": "提示"}[self.value]

    @property
    def rank(self) -> int:
        """Return 0 for error, 1 for warning, 2 for information, so that the gravest sorts first."""
        return {"error": 0, "warning": 1, "info": 2}[self.value]


class Entry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A kind of finding, or a rule.

    Messages and remedies are ``str.format`` templates over a finding's parameters.
    ``remedy`` is for the coordinator and may name commands; ``remedy_agency`` is for the body that files, "" where it is
    the same. ``ground`` says what a rule rests on. ``rule`` is the rule that findings of the entry belong to, "" for
    none. ``example`` gives every placeholder a value.
    """

    code: str = ""
    severity: Severity
    title: str
    message: str
    remedy: str
    title_en: str
    message_en: str
    remedy_en: str
    variant: str = ""
    remedy_agency: str = ""
    remedy_agency_en: str = ""
    ground: str = ""
    ground_en: str = ""
    rule: str = ""
    example: Mapping[str, str] = {}


class Fragment(Struct, frozen=True, forbid_unknown_fields=True):
    """A phrase in both languages, ``str.format`` templates both; ``example`` gives every placeholder a value."""

    zh: str
    en: str
    example: Mapping[str, str] = {}


class Wording(str):
    """A text in Chinese that knows its English: as a parameter of a finding it is said in the language of each text."""

    __slots__ = ("en",)
    en: str

    def __new__(cls, zh: str, en: str) -> Wording:
        """Make a text of its Chinese and its English."""
        wording = super().__new__(cls, zh)
        wording.en = en
        return wording

    def __reduce__(self) -> tuple[type[Wording], tuple[str, str]]:
        """Travel in both languages."""
        return Wording, (str(self), self.en)

    @classmethod
    def some(cls, texts: Sequence[str], joint: str = "；", *, most: int = 6, unit: str = "处") -> Wording:
        """Return the first of texts joined, and how many there are in all; without a unit only that there are more."""
        zh, more = joint.join(texts[:most]), len(texts) > most
        en = {"、": ", ", "；": "; "}.get(joint, joint).join(getattr(text, "en", text) for text in texts[:most])
        rest = f" 等 {len(texts)} {unit}" if unit else "等"
        return cls(zh + rest, f"{en} …") if more else cls(zh, en)


class FaultEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """What stops the toolkit: ``message`` and ``remedy`` in Chinese, ``message_en`` says both in English.

    All are ``str.format`` templates; ``example`` gives every placeholder a value.
    """

    message: str
    message_en: str
    remedy: str = ""
    example: Mapping[str, str] = {}


@cache
def _tables() -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = tomli.loads(shipped())
    return tables


def shipped() -> str:
    """Return the text of the catalogue."""
    return shipped_text(__package__, "catalogue.toml")


@cache
def entry_of(code: str, variant: str = "") -> Entry:
    """Return the entry of a code, in the words of a variant where it has its own; an unknown code raises KeyError."""
    table = dict(_tables()[code])
    own = table.pop("variants", {}).get(variant)
    return convert({"code": code, **table} | ({"variant": variant, **own} if own else {}), Entry)


def entries() -> Iterator[Entry]:
    """Return every entry in the order of the file, each followed by its variants: what a table of codes lists."""
    for code in CATALOGUE:
        yield CATALOGUE[code]
        yield from (entry_of(code, variant) for variant in _tables()[code].get("variants", {}))


class Catalogue(Mapping[str, Entry]):
    """The entries by their codes; the file is read when the first one is asked for."""

    def __getitem__(self, code: str) -> Entry:
        return entry_of(code)

    def __iter__(self) -> Iterator[str]:
        return (code for code in _tables() if code not in _APART)

    def __len__(self) -> int:
        return len(_tables()) - len(_APART)


CATALOGUE = Catalogue()
_APART = {"faults", "phrases"}
"""The tables of the file that are no entries."""


@cache
def fault_entry(code: str) -> FaultEntry:
    """Return the sentences of a fault; an unknown code raises KeyError."""
    return convert(_tables()["faults"][code], FaultEntry)


def fault_entries() -> Mapping[str, FaultEntry]:
    """Return the sentences of every fault by its code."""
    return {code: fault_entry(code) for code in _tables()["faults"]}


@cache
def _fragment(name: str) -> Fragment:
    return convert(_tables()["phrases"][name], Fragment)


def phrases() -> Mapping[str, Fragment]:
    """Return every phrase by its name."""
    return {name: _fragment(name) for name in _tables()["phrases"]}


def phrase(name: str, /, **params: object) -> Wording:
    """Return a phrase with its parameters; an unknown name and a missing parameter raise KeyError."""
    fragment = _fragment(name)
    return Wording(fragment.zh.format_map(params), fragment.en.format_map(english(params)))


def english(params: Mapping[str, object]) -> dict[str, object]:
    """Return parameters as an English text says them."""
    return {name: value.en if isinstance(value, Wording) else value for name, value in params.items()}
