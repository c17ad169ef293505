"""Reorganisation: which bodies took over from which, and which of two years only together are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct


class Transfer(Struct, frozen=True):
    """A body's taking over from another, from a report year on; ``partly``: the roster calls it a part."""

    old: str
    new: str
    year: int
    partly: bool


class Succession(Struct, frozen=True):
    """Bodies of the year before and of the year, by code, that together carry over what together they took over.

    ``loose`` is True where the roster leaves open who has the rest of an ended body: nothing is certain then.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    loose: bool = False

    @property
    def shared(self) -> bool:
        """Tell whether what was carried over is shared among bodies, so that no figure of one of them is certain."""
        return self.loose or len(self.new) > 1

    @property
    def changed(self) -> bool:
        """Tell whether anybody took over from another, or ended."""
        return self.kind not in ("same", "founded")

    @property
    def kind(self) -> str:
        """Return what happened: same, founded, ended, renamed, absorbed, merged, split or moved (a part of it)."""
        match self.old, self.new:
            case (), _:
                return "founded"
            case _, ():
                return "ended"
            case (old,), (new,):
                return "same" if old == new else "renamed"
            case _, (new,):
                return "absorbed" if new in self.old else "merged"
            case (_,), _:
                return "split"
            case _:
                return "moved"


def grouped(old: Iterable[str], new: Iterable[str], transfers: Sequence[Transfer]) -> tuple[Succession, ...]:
    """Return the bodies of two years in groups, each body in one: who stayed and who took over from whom hang together."""
    stay, files = frozenset(old), frozenset(new)
    edges = [(code, code) for code in stay & files] + [(one.old, one.new) for one in transfers]
    member = {("old", code): [("old", code)] for code in (*stay, *(one.old for one in transfers))}
    member |= {("new", code): [("new", code)] for code in (*files, *(one.new for one in transfers))}
    for before, after in edges:
        first, second = member["old", before], member["new", after]
        if first is not second:
            first += second
            member |= dict.fromkeys(second, first)
    heirs = Counter(one.old for one in transfers)
    rest = {one.old for one in transfers if one.partly and one.old not in files and heirs[one.old] == 1}
    groups = {id(whole): whole for whole in member.values()}.values()
    return tuple(sorted((_succession(whole, rest) for whole in groups), key=lambda one: (one.new, one.old)))


def _succession(whole: Sequence[tuple[str, str]], rest: set[str]) -> Succession:
    old, new = (tuple(sorted(code for side, code in whole if side == wanted)) for wanted in ("old", "new"))
    return Succession(old, new, not rest.isdisjoint(old))


def circle(transfers: Sequence[Transfer]) -> tuple[str, ...]:
    """Return the bodies that took over from each other in a circle within the transfers of a year, () for none."""
    left = list(transfers)
    while True:
        olds, news = {one.old for one in left}, {one.new for one in left}
        within = [one for one in left if one.old in news and one.new in olds]
        if len(within) == len(left):
            return tuple(sorted(olds))
        left = within
