"""How the package is named and cut (DESIGN sections 2 and 3): plain nouns and verbs, one name for one thing, small files."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "toolkit"

DECODED = {"told", "said", "saying", "found", "given", "held", "each"}
"""Participles and pronouns that do not say what a thing is."""
SAME_JOB: dict[str, set[str]] = {}
"""Files of one name in several rooms, by that name, that do the same job for two formats."""
MOST_LINES, MOST_LINES_IN_ALL, MOST_ENTRIES = 400, 40_500, 27
"""Lines of a module and of all (27,000 were asked for before what is shown and the panel of the cover came, 33,000 before the live
reply, 33,500 before the live 校验码, 33,650 before the flows of reorganisation, the coverage of partial roll-ups and the marks by
which a roll-up is proved whole, 35,800 before the season in one action and the grammar of claims, 39,200 before a season
imports reports, 39,600 before results after a correction were proved, 40,000 before the
page wrote letters and English was whole), entries (the page came with the one HTML file)."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules(package: Path = PACKAGE) -> tuple[tuple[str, ast.Module], ...]:
    """Return every module by its path in the package, with its tree."""
    paths = sorted(package.rglob("*.py"))
    return tuple((path.relative_to(package).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def names_of_things(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield each name that a module gives to something, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name
            case ast.MatchMapping(rest=str(name)):
                yield node.lineno, name
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                yield from ((node.lineno, alias.asname) for alias in aliases if alias.asname is not None)


def decoded(name: str) -> bool:
    """Tell whether a name is one of those that say nothing; a leading or trailing underscore does not help."""
    return name.strip("_").lower() in DECODED


def public_classes(tree: ast.Module) -> Iterator[str]:
    """Yield the names of a module's public classes."""
    return (node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))


def documented(tree: ast.Module) -> Iterator[tuple[str, ast.ClassDef | Function]]:
    """Yield every public function, class and method of a public class, by its dotted name."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
            continue
        yield node.name, node
        for inner in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(inner, ast.ClassDef | Function) and not inner.name.startswith("_"):
                yield f"{node.name}.{inner.name}", inner


def undocumented(node: ast.ClassDef | Function) -> str | None:
    """Return what is wrong with a docstring's first line; None when it is one sentence, imperative for a function."""
    first = (ast.get_docstring(node) or "").partition("\n")[0]
    if not first:
        return "no docstring"
    if not first.endswith(".") or re.search(r"[.!?] [A-Z]", first):
        return f"not one sentence: {first}"
    verb = first.split()[0].rstrip(".,;:")
    if isinstance(node, Function) and verb.endswith("s") and not verb.endswith("ss"):
        return f"not imperative: {first}"
    return None


def test_names_say_what_things_are() -> None:
    """No variable, parameter, attribute, function, class or module is named by a bare participle or pronoun."""
    faults = [
        f"{path}:{line} {name}" for path, tree in modules() for line, name in names_of_things(tree) if decoded(name)
    ]
    faults += [path for path, _ in modules() if any(decoded(Path(part).stem) for part in Path(path).parts)]
    assert not faults, "\n".join(faults)


def test_rooms_hold_no_files_of_one_name() -> None:
    """A file's name is in one room only, unless it does the same for two formats."""
    rooms = defaultdict(set)
    for path, _ in modules():
        if not path.endswith("__init__.py"):
            rooms[Path(path).name].add(Path(path).parent.as_posix())
    faults = [
        f"{name}: {sorted(where)}" for name, where in rooms.items() if len(where) > 1 and SAME_JOB.get(name) != where
    ]
    assert not faults, "\n".join(faults)


def test_public_classes_share_no_name() -> None:
    """A public class's name is one thing's in the whole package."""
    homes = defaultdict(list)
    for path, tree in modules():
        for name in public_classes(tree):
            homes[name].append(path)
    faults = [f"{name}: {paths}" for name, paths in homes.items() if len(paths) > 1]
    assert not faults, "\n".join(faults)


def test_no_module_is_long() -> None:
    """A module has at most four hundred lines, the package as many as it is allowed."""
    lengths = {path: len((PACKAGE / path).read_text(encoding="utf-8").splitlines()) for path, _ in modules()}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_the_package_is_small() -> None:
    """All modules together, and the entries at the top of the package, are within their bounds."""
    assert (
        sum(len((PACKAGE / path).read_text(encoding="utf-8").splitlines()) for path, _ in modules())
        <= MOST_LINES_IN_ALL
    )
    entries = sorted(path.name for path in PACKAGE.iterdir() if path.name not in ("py.typed", "__pycache__"))
    assert len(entries) <= MOST_ENTRIES, entries


def test_what_is_public_says_what_it_does() -> None:
    """Every public function, class and method has a docstring that begins with one sentence; a function's is imperative."""
    faults = [
        f"{path}: {name}: {fault}"
        for path, tree in modules()
        for name, node in documented(tree)
        if (fault := undocumented(node)) is not None
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "source",
    [
        "told = 1", "for each in x: pass", "[each for each in x]", "def f(given): pass", "def f(*, found=None): pass",
        "class C:\n    said: str", "self.held = 1", "def saying(): pass", "import x as found", "with x as held: pass",
        "lambda given: 1", "try:\n    x\nexcept E as told:\n    pass", "match x:\n    case [*said]:\n        pass",
        "_found = 1", "a, (b, told) = x", "(each := 1)", "FOUND = 1", "def f(*given, **more): pass",
    ],
)  # fmt: skip
def test_a_bare_participle_is_seen(source: str) -> None:
    """Wherever Python lets a name be given, one that says nothing is noticed."""
    assert [name for _, name in names_of_things(ast.parse(source)) if decoded(name)] != []


@pytest.mark.parametrize("source", ["x = told", "f(found=1)", "x.each", "'found'", "found_rows = 1", "{'told': 1}"])
def test_the_use_of_a_name_is_no_naming(source: str) -> None:
    """Names that others gave, texts and longer names are no concern of this test."""
    assert [name for _, name in names_of_things(ast.parse(source)) if decoded(name)] == []


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ('def f():\n    """Return the sum."""', False),
        ('def f():\n    """Pass it on; refuse nothing."""', False),
        ('def f():\n    """Returns the sum."""', True),
        ('def f():\n    """Return the sum"""', True),
        ('def f():\n    """Return it. Then go."""', True),
        ("def f(): pass", True),
        ('class C:\n    """What it holds."""', False),
        ("class C: pass", True),
    ],
)
def test_a_poor_docstring_is_seen(source: str, wrong: bool) -> None:
    """A missing, unfinished, double or descriptive first line is noticed, a good one is not."""
    ((_, node),) = documented(ast.parse(source))
    assert (undocumented(node) is not None) == wrong
