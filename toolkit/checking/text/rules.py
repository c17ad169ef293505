"""What the rules about the text match (``rules.toml``) as frozen values."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from toolkit.findings import CATALOGUE
from toolkit.findings.toml import Faults, read_toml, shipped_text
from toolkit.forms import FORM_IDS, Form, load_form


class Pattern:
    """A regular expression that is compiled when it is first used: few of them see any one text.

    Its methods are those of the compiled one, put in their places then.
    """

    __slots__ = ("finditer", "fullmatch", "match", "pattern", "search")
    search: Callable[..., re.Match[str] | None]
    match: Callable[..., re.Match[str] | None]
    fullmatch: Callable[..., re.Match[str] | None]
    finditer: Callable[..., Iterator[re.Match[str]]]

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __getattr__(self, name: str) -> Any:
        """Compile the expression when the first of its methods is asked for."""
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(self, name)

    def __reduce__(self) -> tuple[object, ...]:
        return Pattern, (self.pattern,)


YEAR = "year"
"""The facet that is no word: the number is of another year."""

_METHODS = ("search", "match", "fullmatch", "finditer")
_UNBOUNDED = re.compile(r"(?<!\\)[*+]|\{[0-9]*,\}")
_CLASS = re.compile(r"\[[^\]]{1,80}\]")


class Topic(Struct, frozen=True, forbid_unknown_fields=True):
    """What a sentence counts: the words that say so, and the units it is counted in."""

    id: str
    words: tuple[str, ...]
    units: tuple[str, ...] = ()


class Meaning(Struct, frozen=True, forbid_unknown_fields=True):
    """One lawful meaning of a claim: the sum of items; ``*`` stands for any part of a code."""

    name: str
    items: tuple[str, ...]

    def of(self, form: Form) -> tuple[str, ...]:
        """Return the items of a form; none where the form does not ask."""
        return _items(form.id, self.items)


class Claim(Struct, frozen=True, forbid_unknown_fields=True):
    """A number that the tables hold too: its words before it, or ``after`` it, in sentences of certain topics.

    A facet of its ``scope`` in the clause makes it another number, those ``free`` do not; ``unless`` is what else does,
    ``never`` in the whole sentence. ``adds``: joined words mean the sum. ``open``: any words may stand before the topic.
    ``context``: only where the paragraph is about 政府信息公开. ``part``: only more than the table holds is wrong.
    ``none``: the words that ``denial`` denies.
    """

    id: str
    rule: str
    topics: tuple[str, ...]
    scope: str
    words: tuple[Pattern, ...]
    meanings: tuple[Meaning, ...]
    units: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    after: tuple[Pattern, ...] = ()
    gap: tuple[str, ...] = ()
    unless: Pattern | None = None
    never: Pattern | None = None
    none: str = ""
    adds: bool = False
    open: bool = False
    context: bool = False
    part: bool = False


class Statement(Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence without a number from which follows that items are zero."""

    id: str
    rule: str
    pattern: Pattern
    zero: tuple[str, ...]
    words: str
    scope: str = ""
    free: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    unless: Pattern | None = None
    context: bool = False

    def of(self, form: Form) -> tuple[str, ...]:
        """Return the items of a form that must be zero."""
        return _items(form.id, self.zero)


class Total(Struct, frozen=True, forbid_unknown_fields=True):
    """A number that no table holds and that the text may give only once."""

    id: str
    rule: str
    words: tuple[Pattern, ...]
    markers: Pattern
    scope: str
    unless: Pattern | None = None


class Lists(Struct, frozen=True, forbid_unknown_fields=True):
    """How a list of parts begins and ends; ``near`` is a percentage."""

    rule: str
    markers: Pattern
    incomplete: Pattern
    breaks: Pattern
    longest_label: int
    most: int
    near: int
    dimensions: tuple[Pattern, ...]


class Percents(Struct, frozen=True, forbid_unknown_fields=True):
    """The words in front of a percentage that say of what."""

    rule: str
    share: Pattern
    up: Pattern
    down: Pattern
    compared: Pattern


class Years(Struct, frozen=True, forbid_unknown_fields=True):
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
    deadline: Pattern
    date: Pattern
    basis: Pattern
    basis_forms: tuple[str, ...]


class Gaps(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a number is missing (at the group ``unit``) or has no unit, and words that wait to be replaced."""

    rule: str
    missing: tuple[Pattern, ...]
    unitless: Pattern
    placeholders: Pattern


class Head(Struct, frozen=True, forbid_unknown_fields=True):
    """A sub-heading and the words by which a text treats of it elsewhere."""

    head: str
    words: Pattern


class Heads(Struct, frozen=True, forbid_unknown_fields=True):
    """The sub-headings of a chapter that must be written about."""

    rule: str
    chapter: str
    forms: tuple[str, ...]
    words: tuple[Head, ...]


class Repeats(Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a chapter may repeat last year's: characters of a paragraph, percent, characters in all.

    A paragraph with ``statutory`` words does not count.
    """

    rule: str
    shortest: int
    share: int
    least: int
    statutory: Pattern


class Rules(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Everything that is matched; what each rule says and rests on is in the catalogue."""

    units: tuple[str, ...]
    no_units: tuple[str, ...]
    fillers: tuple[str, ...]
    lead: Pattern
    context: Pattern
    agency: Pattern
    denial: str
    chapters: Mapping[str, str]
    facets: Mapping[str, Pattern]
    scopes: Mapping[str, tuple[str, ...]]
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

    @cached_property
    def codes(self) -> frozenset[str]:
        """Return the codes of the rules that something is matched for."""
        single = (
            self.lists.rule,
            self.percents.rule,
            self.years.rule,
            self.gaps.rule,
            self.heads.rule,
            self.repeats.rule,
        )
        return frozenset((*single, *(entry.rule for entry in self.named)))

    @property
    def named(self) -> tuple[Claim | Statement | Total, ...]:
        """Return what has an id of its own and names its rule, topics, scope and what is free of it."""
        return (*self.claims, *self.statements, *self.totals)

    @cached_property
    def topic_of(self) -> Mapping[str, str]:
        """Return the topic that each word names."""
        return {word: topic.id for topic in self.topics for word in topic.words}

    @cached_property
    def topic(self) -> Pattern:
        """Return what finds a word of any topic, the longest first."""
        return Pattern(_any(self.topic_of))

    @cached_property
    def units_of(self) -> Mapping[str, frozenset[str]]:
        """Return, by claim, the units of what it counts."""
        units = {topic.id: topic.units for topic in self.topics}
        return {
            one.id: frozenset(one.units or (unit for topic in one.topics for unit in units[topic]))
            for one in self.claims
        }

    @cached_property
    def exclusions(self) -> tuple[Statement, ...]:
        """Return the statements, and those that deny what a claim counts: 没有不予公开的情形."""
        denied = tuple(
            Statement(
                f"no_{one.id}",
                one.rule,
                Pattern(self.denial.replace("WORDS", one.none)),
                one.meanings[0].items,
                f"无{one.meanings[0].name}",
                "denied",
                topics=one.topics,
                context=one.context,
            )
            for one in self.claims
            if one.none
        )
        return (*self.statements, *denied)

    def narrowed(self, entry: Claim | Statement | Total, clause: str, others: Iterable[str] = ()) -> bool:
        """Tell whether the words of a clause, or the facets that it has beside them, make its number another one."""
        facets = set(self.scopes.get(entry.scope, ())) - set(getattr(entry, "free", ()))
        facets -= {"below"} if "wide" in others else set()
        if entry.unless is not None and entry.unless.search(clause):
            return True
        return any(name in others or (name in self.facets and self.facets[name].search(clause)) for name in facets)

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


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


@cache
def _items(form: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    codes = load_form(form).items
    return tuple(dict.fromkeys(code for name in wanted for code in fnmatch.filter(codes, name)))


@cache
def load_rules() -> Rules:
    """Load the rules that ship with the toolkit."""
    return read_toml(shipped(), "rules.toml", Rules, _pattern)


def shipped() -> str:
    """Return the text of the rules that ship with the toolkit."""
    return shipped_text(__package__, "rules.toml")


def parse_rules(text: str, name: str) -> Rules:
    """Read the text of a rules file and look at all that it names; every fault is in the DefinitionError raised.

    A pattern may not hold ``*``, ``+`` or ``{n,}``: what is bounded takes time in proportion to the text. The shipped rules
    are read so by a test; at work their patterns are compiled when they are first used.
    """
    rules = read_toml(text, name, Rules, _pattern)
    faults = Faults()
    _compiled(rules, "", faults)
    _compiled(rules.exclusions, "exclusions", faults)
    _consistent(rules, faults)
    faults.stop(name)
    return rules


def _pattern(kind: type, value: object) -> Pattern:
    """Return a pattern from its text; anything else raises TypeError."""
    if kind is not Pattern or not isinstance(value, str):
        raise TypeError("a pattern is a text")
    return Pattern(value)


def _compiled(value: object, path: str, faults: Faults) -> None:
    """Note what is no pattern, or one without bound, anywhere in the rules."""
    if isinstance(value, Pattern):
        if _UNBOUNDED.search(_CLASS.sub("", value.pattern)):
            faults.add(path, f"a pattern without bound: {value.pattern!r}")
            return
        try:
            re.compile(value.pattern)
        except re.error as fault:
            faults.add(path, f"not a pattern: {fault}")
    elif isinstance(value, tuple):
        for at, part in enumerate(value):
            _compiled(part, f"{path}[{at}]", faults)
    elif isinstance(value, Mapping | Struct):
        for name, part in (value if isinstance(value, Mapping) else asdict(value)).items():
            _compiled(part, f"{path}.{name}".strip("."), faults)


def _consistent(rules: Rules, faults: Faults) -> None:
    """Note what names a rule, a topic, a facet or an item that does not exist."""
    topics = {topic.id for topic in rules.topics}
    for entry in rules.named:
        if entry.rule not in CATALOGUE:
            faults.add(entry.id, f"unknown rule {entry.rule!r}")
        unknown = [topic for topic in getattr(entry, "topics", ()) if topic not in topics]
        unknown += [name for name in getattr(entry, "free", ()) if name not in rules.scopes.get(entry.scope, ())]
        unknown += [entry.scope] if entry.scope and entry.scope not in rules.scopes else []
        for name in unknown:
            faults.add(entry.id, f"unknown topic, scope or facet {name!r}")
    for scope, names in rules.scopes.items():
        for name in names:
            if name not in (*rules.facets, YEAR):
                faults.add(f"scopes.{scope}", f"unknown facet {name!r}")
    items = [(claim.id, meaning.items) for claim in rules.claims for meaning in claim.meanings]
    for path, codes in [*items, *((statement.id, statement.zero) for statement in rules.statements)]:
        for code in codes:
            if not any(_items(form, (code,)) for form in FORM_IDS):
                faults.add(path, f"no form has an item {code!r}")
