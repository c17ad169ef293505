"""What the rules about the text match: ``rules.toml`` → frozen values, strictly, with every fault at once."""

from __future__ import annotations

import difflib
import fnmatch
import re
import tomllib
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from toolkit.errors import DefinitionError
from toolkit.findings import CATALOGUE
from toolkit.forms import FORM_IDS, Form, load_form
from toolkit.forms.keys import Faults


class Pattern:
    """A regular expression that is compiled when it is first used: few of them see any one text.

    Its methods are those of the compiled one, put in their places then.
    """

    __slots__ = ("finditer", "fullmatch", "match", "path", "pattern", "search")
    search: Callable[..., re.Match[str] | None]
    match: Callable[..., re.Match[str] | None]
    fullmatch: Callable[..., re.Match[str] | None]
    finditer: Callable[..., Iterator[re.Match[str]]]

    def __init__(self, pattern: str, path: str = "") -> None:
        self.pattern, self.path = pattern, path

    def __getattr__(self, name: str) -> Any:
        """Compile the expression when the first of its methods is asked for."""
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern)
        for each in _METHODS:
            setattr(self, each, getattr(compiled, each))
        return getattr(self, name)

    def __reduce__(self) -> tuple[object, ...]:
        return Pattern, (self.pattern, self.path)


_METHODS = ("search", "match", "fullmatch", "finditer")
_UNBOUNDED = re.compile(r"(?<!\\)[*+]|\{[0-9]*,\}")
_CLASS = re.compile(r"\[[^\]]{1,80}\]")


class Topic(Struct, frozen=True):
    """What a sentence is about: the words that say so."""

    id: str
    words: tuple[str, ...]


class Reading(Struct, frozen=True):
    """One lawful meaning of a claim: the sum of items; ``*`` stands for any part of a code."""

    name: str
    items: tuple[str, ...]

    def of(self, form: Form) -> tuple[str, ...]:
        """Return the items of a form; none where the form does not ask."""
        return _items(form.id, self.items)


class Claim(Struct, frozen=True):
    """A number that the tables hold too: its words before it, or ``after`` it, in sentences of certain topics.

    ``unless`` is looked for in the clause of the number, ``never`` in the whole sentence. ``adds``: joined words mean
    the sum. ``open``: any words may stand before the topic. ``context``: only where the paragraph is about 政府信息公开.
    ``any_year``: another year in the clause does not matter. ``part``: only more than the table holds is wrong.
    """

    id: str
    rule: str
    topics: tuple[str, ...]
    words: tuple[Pattern, ...]
    units: tuple[str, ...]
    readings: tuple[Reading, ...]
    after: tuple[Pattern, ...] = ()
    gap: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()
    unless: Pattern | None = None
    never: Pattern | None = None
    adds: bool = False
    open: bool = False
    context: bool = False
    any_year: bool = False
    part: bool = False


class Statement(Struct, frozen=True):
    """A sentence without a number from which follows that items are zero."""

    id: str
    rule: str
    pattern: Pattern
    zero: tuple[str, ...]
    said: str
    topics: tuple[str, ...] = ()
    unless: Pattern | None = None
    context: bool = False

    def of(self, form: Form) -> tuple[str, ...]:
        """Return the items of a form that must be zero."""
        return _items(form.id, self.zero)


class Total(Struct, frozen=True):
    """A number that no table holds and that the text may give only once."""

    id: str
    rule: str
    words: tuple[Pattern, ...]
    markers: Pattern
    vetoes: tuple[str, ...] = ()
    unless: Pattern | None = None


class Lists(Struct, frozen=True):
    """How a list of parts begins and ends; ``near`` is a percentage."""

    rule: str
    markers: Pattern
    incomplete: Pattern
    breaks: Pattern
    longest_label: int
    most: int
    near: int
    dimensions: tuple[Pattern, ...]


class Percents(Struct, frozen=True):
    """The words in front of a percentage that say of what."""

    rule: str
    share: Pattern
    up: Pattern
    down: Pattern
    compared: Pattern


class Years(Struct, frozen=True):
    """Years and periods that cannot be those of the report; ``year``, ``first`` … are groups of the patterns."""

    rule: str
    opening: Pattern
    opening_unless: Pattern
    title: Pattern
    done: Pattern
    later: Pattern
    period: Pattern
    period_of: Pattern
    period_unless: Pattern
    slip: Pattern
    date: Pattern
    basis: Pattern
    basis_forms: tuple[str, ...]


class Gaps(Struct, frozen=True):
    """Where a number is missing (at the group ``unit``), and words that wait to be replaced."""

    rule: str
    missing: tuple[Pattern, ...]
    placeholders: Pattern


class Head(Struct, frozen=True):
    """A sub-heading and the words by which a text treats of it elsewhere."""

    head: str
    words: Pattern


class Heads(Struct, frozen=True):
    """The sub-headings of a chapter that must be written about."""

    rule: str
    chapter: str
    forms: tuple[str, ...]
    words: tuple[Head, ...]


class Repeats(Struct, frozen=True):
    """How much of a chapter may repeat last year's: characters of a paragraph, percent, characters in all."""

    rule: str
    shortest: int
    share: int
    least: int


class Rules(Struct, frozen=True, dict=True):
    """Everything that is matched. ``grounds`` says for each rule what it rests on."""

    units: tuple[str, ...]
    no_units: tuple[str, ...]
    fillers: tuple[str, ...]
    lead: Pattern
    context: Pattern
    vetoes: Mapping[str, Pattern]
    topics: tuple[Topic, ...]
    claims: tuple[Claim, ...]
    statements: tuple[Statement, ...]
    lists: Lists
    percents: Percents
    years: Years
    gaps: Gaps
    heads: Heads
    repeats: Repeats
    totals: tuple[Total, ...]
    grounds: Mapping[str, str]

    @cached_property
    def topic_of(self) -> Mapping[str, str]:
        """Return the topic that each word names."""
        return {word: topic.id for topic in self.topics for word in topic.words}

    @cached_property
    def topic(self) -> Pattern:
        """Return what finds a word of any topic, the longest first."""
        return Pattern(_any(self.topic_of))

    @cached_property
    def gaps_of(self) -> Mapping[str, Pattern]:
        """Return, by claim, what may stand between its words and its number."""
        return {claim.id: Pattern(self._gap(claim)) for claim in self.claims}

    def _gap(self, claim: Claim) -> str:
        own = [word for topic in self.topics if topic.id in claim.topics for word in topic.words]
        fill = f"(?:{_any([*self.fillers, *claim.gap, *own, '，'])}){{0,6}}"
        return f"{fill}|.{{0,20}}(?:{_any(own)}){fill}" if claim.open else fill

    def topics_in(self, text: str) -> tuple[tuple[int, str], ...]:
        """Return where a text changes its topic, and to what."""
        return tuple((match.start(), self.topic_of[match[0]]) for match in self.topic.finditer(text))


def _any(words: typing.Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda each: (-len(each), each)))


@cache
def _items(form: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    codes = load_form(form).items
    return tuple(dict.fromkeys(code for each in wanted for code in fnmatch.filter(codes, each)))


@cache
def load_rules() -> Rules:
    """Load the rules that ship with the toolkit."""
    return parse_rules(shipped(), "rules.toml", tested=True)


def shipped() -> str:
    """Return the text of the rules that ship with the toolkit."""
    return Path(__file__).with_name("rules.toml").read_text(encoding="utf-8")


def parse_rules(text: str, name: str, *, tested: bool = False) -> Rules:
    """Read the text of a rules file; every fault found is in the DefinitionError that is raised.

    A pattern may not hold ``*``, ``+`` or ``{n,}``: what is bounded takes time in proportion to the text. Rules that a
    test has read are ``tested``: their patterns are compiled when first used and their names not looked up again.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise DefinitionError(name, (f"不是合法的 TOML：{fault}",)) from None
    faults = Faults()
    rules = _build(Rules, raw, "", faults)
    faults.stop(name)
    if not tested:
        _compiled(rules, faults)
        _consistent(rules, faults)
        faults.stop(name)
    return rules  # type: ignore[no-any-return]


def _consistent(rules: Rules, faults: Faults) -> None:
    """Note what names a rule, a topic, a veto or an item that does not exist."""
    topics = {topic.id for topic in rules.topics}
    faults.found += [f"grounds.{code}: unknown rule" for code in rules.grounds if code not in CATALOGUE]
    named: tuple[Claim | Statement | Total, ...] = (*rules.claims, *rules.statements, *rules.totals)
    for each in named:
        if each.rule not in CATALOGUE:
            faults.add(each.id, f"unknown rule {each.rule!r}")
        unknown = [one for one in getattr(each, "topics", ()) if one not in topics]
        unknown += [one for one in getattr(each, "vetoes", ()) if one not in rules.vetoes]
        faults.found += [f"{each.id}: unknown topic or veto {one!r}" for one in unknown]
    wanted = [(claim.id, reading.items) for claim in rules.claims for reading in claim.readings]
    for path, items in [*wanted, *((statement.id, statement.zero) for statement in rules.statements)]:
        for item in items:
            if not any(_items(form, (item,)) for form in FORM_IDS):
                faults.add(path, f"no form has an item {item!r}")


@cache
def _fields(kind: type[Struct]) -> dict[str, FieldInfo]:
    return {each.name: each for each in fields(kind)}


def _build(kind: Any, raw: Mapping[str, Any], path: str, faults: Faults) -> Any:
    """Return a Struct from a table of the file; keys and types must fit its fields."""
    known = _fields(kind)
    for key in raw:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            faults.add(f"{path}.{key}".strip("."), "unknown key" + (f" — did you mean {near[0]!r}?" if near else ""))
    values: dict[str, Any] = {}
    for key, each in known.items():
        where = f"{path}.{key}".strip(".")
        if key in raw:
            values[key] = _value(each.type, raw[key], where, faults)
        elif each.required:
            faults.add(where, "missing key")
    return None if faults.found else kind(**values)


def _value(hint: Any, raw: Any, path: str, faults: Faults) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _value(arguments[0], raw, path, faults)
    if hint is Pattern:
        return _pattern(raw, path, faults)
    if origin is tuple and isinstance(raw, list):
        return tuple(_value(arguments[0], each, f"{path}[{at}]", faults) for at, each in enumerate(raw))
    if origin is not None and issubclass(origin, Mapping) and isinstance(raw, dict):
        return {key: _value(arguments[1], each, f"{path}.{key}", faults) for key, each in raw.items()}
    if isinstance(hint, type) and issubclass(hint, Struct) and isinstance(raw, dict):
        return _build(hint, raw, path, faults)
    if hint in (str, int, bool) and type(raw) is hint:
        return raw
    faults.add(path, f"wrong type: {raw!r}")
    return None


def _pattern(raw: Any, path: str, faults: Faults) -> Pattern | None:
    if not isinstance(raw, str):
        faults.add(path, f"wrong type: {raw!r}")
        return None
    return Pattern(raw, path)


def _compiled(rules: Any, faults: Faults) -> None:
    """Note what is no pattern, or one without bound, anywhere in the rules."""
    if isinstance(rules, Pattern):
        if _UNBOUNDED.search(_CLASS.sub("", rules.pattern)):
            faults.add(rules.path, f"a pattern without bound: {rules.pattern!r}")
            return
        try:
            re.compile(rules.pattern)
        except re.error as fault:
            faults.add(rules.path, f"not a pattern: {fault}")
    elif isinstance(rules, Mapping):
        for each in rules.values():
            _compiled(each, faults)
    elif isinstance(rules, tuple):
        for each in rules:
            _compiled(each, faults)
    elif isinstance(rules, Struct):
        for name in rules.__struct_fields__:
            _compiled(getattr(rules, name), faults)
