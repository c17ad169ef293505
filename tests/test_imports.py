"""The plan of the house (DESIGN section 2): imports go down only, rooms of one level do not meet, each library has its fence."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "toolkit"

PLAN = (
    ("errors", "answers", "cells", "files", "workers"),
    ("findings",),
    ("forms", "roster"),
    ("returns", "excel_in", "excel_out", "mail"),
    ("reading", "checking", "merging", "proving", "report_in", "report_out"),
    ("workbook",),
    ("outputs", "scale"),
    ("run",),
    ("season", "page"),
    ("cli",),
    ("__init__", "__main__"),
)
"""The rooms, from the ground up. The five modules of the ground are one room; no two others of a level import each other."""
GROUND = PLAN[0]
LEVELS = {room: level for level, rooms in enumerate(PLAN) for room in rooms}

FENCES = {
    "xlsxwriter": {"excel_out"},
    "xlrd": {"excel_in"},
    "msoffcrypto": {"excel_in"},
    "multiprocessing": {"workers"},
    "python_calamine": {"excel_in"},
    "openpyxl": {"proving"},
    "pandas": {"proving", "outputs"},
    "pyarrow": {"outputs", "scale"},
    "distributed": {"scale"},
    "fsspec": {"scale"},
    "click": {"cli"},
    "sqlite3": {"season"},
    "filelock": {"season"},
    "docx": {"report_in", "report_out"},
    "lxml": {"report_in"},
    "pdfplumber": {"report_in"},
    "pdfminer": {"report_in"},
    "smtplib": {"mail"},
    "imaplib": {"mail"},
    "mailbox": {"mail"},
    "keyring": {"mail"},
    "jinja2": {"outputs", "report_out"},
}
LAZY = {
    "ctypes",
    "distributed",
    "docx",
    "filelock",
    "fsspec",
    "importlib",
    "jinja2",
    "keyring",
    "lxml",
    "msoffcrypto",
    "numpy",
    "openpyxl",
    "pandas",
    "pdfminer",
    "pdfplumber",
    "pyarrow",
    "resource",
    "xlrd",
}
"""Libraries that may be imported inside a function: heavy ones, and one that Windows has not."""

ON_CALL = {"__init__", "cli", "report_out"}
"""Rooms that load modules of ours by name when they are asked for: verbs, commands, kinds of reports; downwards as all do."""


def modules(package: Path) -> Iterator[tuple[str, Path, ast.Module]]:
    """Yield the dotted name, the file and the tree of every module."""
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        name = ".".join(("toolkit", *(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)))
        yield name, path, ast.parse(path.read_text(encoding="utf-8"))


def faults(package: Path) -> list[str]:
    """Return every import of a package's modules that breaks a rule."""
    found: list[str] = []
    for name, path, tree in modules(package):
        room = name.split(".")[1]
        if room not in LEVELS:
            found.append(f"{name}: no level is set for {room}")
            continue
        functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
        inner = {node for function in functions for node in ast.walk(function)}
        for node in ast.walk(tree):
            for imported in _imported(node):
                where = f"{path.relative_to(package)}:{getattr(node, 'lineno', 0)}"
                found += [
                    f"{where}: {fault}" for fault in _judge(room, imported, node in inner, isinstance(node, ast.Call))
                ]
    return found


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "importlib.import_module":
        return [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and (node.level or node.module is None):
        return [f"{'.' * node.level}{node.module or ''}"]
    if isinstance(node, ast.ImportFrom) and node.module is not None:
        if node.module == "toolkit":
            return [f"toolkit.{alias.name}" for alias in node.names]
        return [node.module]
    return []


def _judge(room: str, name: str, inside: bool, loaded: bool) -> list[str]:
    top, _, rest = name.partition(".")
    found = []
    if name.startswith("."):
        return [f"relative import of {name}: its level cannot be judged"]
    if inside and top not in LAZY and not (loaded and room in ON_CALL):
        found.append(f"imports {name} inside a function")
    if top in FENCES and room not in FENCES[top]:
        found.append(f"{top} is fenced into {', '.join(sorted(FENCES[top]))}")
    if top == "toolkit" and rest:
        target = rest.partition(".")[0]
        at_home = target == room or {target, room} <= set(GROUND)
        if not at_home and LEVELS.get(target, len(PLAN)) >= LEVELS[room]:
            found.append(f"{room} (level {LEVELS[room]}) imports {target} (level {LEVELS.get(target)})")
    return found


def cycle(trees: Mapping[str, ast.Module]) -> list[str]:
    """Return modules that import each other in a circle, also where only a type checker looks; [] when none do."""
    graph = {
        name: {
            target
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for target in _targets(node, trees)
            if target != name
        }
        for name, tree in trees.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        return list(circle.args[1])
    return []


def _targets(node: ast.Import | ast.ImportFrom, known: Mapping[str, ast.Module]) -> list[str]:
    """Return the modules of ours that a statement loads: ``from package import module`` loads the module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if alias.name in known]
    inside = [f"{node.module}.{alias.name}" for alias in node.names]
    return [each if each in known else str(node.module) for each in inside if each in known or node.module in known]


def test_the_package_keeps_the_import_rules() -> None:
    """No module imports upwards, sideways, or a library that is fenced off from it."""
    assert faults(PACKAGE) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """The modules can be put in an order, also those that are imported for their types alone."""
    assert cycle({name: tree for name, _, tree in modules(PACKAGE)}) == []


def test_the_house_has_the_rooms_of_the_plan_and_no_others() -> None:
    """What stands at the top of the package is what the plan names."""
    there = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert there == set(LEVELS)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("forms.py", "from toolkit import run\n"),
        ("merging.py", "import toolkit.checking\n"),
        ("reading.py", "import xlsxwriter\n"),
        ("run.py", "def f():\n    from toolkit import forms\n"),
        ("reading.py", "from . import checking\n"),
        ("forms.py", "async def f():\n    import json\n"),
        ("mystery.py", "x = 1\n"),
        ("cells.py", "from toolkit.findings import Finding\n"),
        ("cli.py", "def f():\n    importlib.import_module('toolkit.__main__')\n"),
        ("run.py", "def f():\n    importlib.import_module('toolkit.forms')\n"),
    ],
)
def test_a_breach_is_found(tmp_path: Path, module: str, source: str) -> None:
    """An upward, a sideways, a fenced, a hidden and a relative import, and a module of no level, are each found."""
    (tmp_path / module).write_text(source, encoding="utf-8")
    assert len(faults(tmp_path)) == 1


def test_a_circle_is_found() -> None:
    """Two modules that import each other, one of them for a type alone."""
    one, two = "from toolkit.b import B\n", "if TYPE_CHECKING:\n    from toolkit.a import A\n"
    assert set(cycle({"toolkit.a": ast.parse(one), "toolkit.b": ast.parse(two)})) == {"toolkit.a", "toolkit.b"}


def test_a_near_miss_is_not(tmp_path: Path) -> None:
    """A downward import and a lazy import of a heavy library inside its fence are fine."""
    (tmp_path / "outputs.py").write_text("from toolkit import forms\n\ndef f():\n    import pandas\n", encoding="utf-8")
    assert faults(tmp_path) == []
