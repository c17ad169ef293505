"""What is imported is declared: the package's libraries for its users, those of the tests for its developers."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"toolkit", "tests"}
BY_NAME = {"toolkit/report_out": {"docx", "jinja2"}}
"""Rooms whose modules are loaded by name when they are used, with one line for who has not installed their library."""


@cache
def declared() -> Mapping[str, set[str]]:
    """Return the distributions of each extra as they are resolved, those of everybody as ``""``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = {"": project["dependencies"], **project["optional-dependencies"]}

    def resolved(lines: Iterable[str]) -> set[str]:
        names: set[str] = set()
        for line in lines:
            if (extras := re.match(r"nianbao\[(.+)\]", line)) is not None:
                names |= {name for extra in extras[1].split(",") for name in resolved(lists[extra.strip()])}
            else:
                names.add(plain(re.match(r"[\w.-]+", line)[0]))  # type: ignore[index]
        return names

    return {extra: resolved(lines) for extra, lines in lists.items()}


def plain(distribution: str) -> str:
    """Return the name of a distribution as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def imports(path: Path, *, everywhere: bool) -> set[str]:
    """Return the libraries that a file imports: when it is loaded, or anywhere in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if everywhere else iter(tree.body)
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
            names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - OURS


def undeclared(folder: str, allowed: set[str], *, everywhere: bool) -> list[tuple[Path, str]]:
    """Return the modules of a folder that import a library beyond those allowed, with its name."""
    homes = packages_distributions()
    return [
        (path.relative_to(ROOT), name)
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name in sorted(imports(path, everywhere=everywhere))
        if not {plain(home) for home in homes.get(name, [name])} & allowed
    ]


def test_the_package_loads_with_what_everybody_has() -> None:
    """No module of the package needs an extra to be loaded, but for those that are loaded by name when they are used."""
    assert [
        f"{path} imports {name}"
        for path, name in undeclared("toolkit", declared()[""], everywhere=False)
        if path.name == "__init__.py" or name not in BY_NAME.get(path.parent.as_posix(), ())
    ] == []


def test_every_library_of_the_package_is_an_extra_at_least() -> None:
    """Whatever a function of the package imports comes with ``[all]``."""
    assert undeclared("toolkit", declared()[""] | declared()["all"], everywhere=True) == []


def test_every_library_of_the_tests_is_declared() -> None:
    """The tests import nothing that is here only because something else needs it."""
    assert undeclared("tests", declared()[""] | declared()["dev"], everywhere=True) == []


def test_dev_is_all_and_more() -> None:
    """Developers have what users may have."""
    assert declared()["all"] < declared()["dev"]


@pytest.mark.parametrize(("source", "found"), [("import psutil", True), ("def f():\n    import psutil.x", False)])
def test_an_import_inside_a_function_is_another_matter(tmp_path: Path, source: str, found: bool) -> None:
    """Only what a file imports when it is loaded must be there for everybody."""
    (tmp_path / "a.py").write_text(source)
    assert (imports(tmp_path / "a.py", everywhere=False) == {"psutil"}) == found
    assert imports(tmp_path / "a.py", everywhere=True) == {"psutil"}
