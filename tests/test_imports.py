"""Imports go down only, stages of one level do not import each other, and each library has its fence."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "toolkit"

LEVELS = {
    "records": -1, "later": -1, "errors": 0, "answers": 0, "cells": 0, "findings": 0, "files": 0, "workers": 0, "terminal": 0,
    "forms": 1, "numbers": 1, "roster": 1, "tokens": 1, "packed": 1.3, "shelf": 1.6, "remote": 4, "returns": 1.5,
    "layout": 2, "phrases": 2, "parquet": 2.5,
    "excel_out": 3, "excel_in": 3,
    "workbook": 4, "reading": 4, "checking": 4, "narrative": 4, "merging": 4, "comparing": 4, "proving": 4, "published": 4,
    "rollup": 5, "reply": 5, "summary": 5, "issuing": 5, "exports": 5, "sources": 5, "publishing": 5,
    "ledger": 5, "mail": 5, "letters": 5,
    "earlier": 5.5, "scale": 5.8, "season": 6, "documents": 6, "publication": 6.2, "importing": 6.2, "verbs": 6.5, "campaign": 6.5, "demonstration": 6.6,
    "cli": 7, "__init__": 8, "__main__": 8,
}  # fmt: skip
"""The level of every module or package; one that is not here fails the test."""

FENCES = {
    "xlsxwriter": {"excel_out"},
    "xlrd": {"excel_in"},
    "msoffcrypto": {"excel_in"},
    "multiprocessing": {"workers"},
    "python_calamine": {"excel_in"},
    "openpyxl": {"proving"},
    "pandas": {"proving", "exports"},
    "pyarrow": {"exports", "parquet"},
    "distributed": {"scale"},
    "fsspec": {"remote"},
    "click": {"cli"},
    "sqlite3": {"ledger"},
    "filelock": {"ledger"},
    "docx": {"published", "publishing"},
    "lxml": {"published"},
    "pdfplumber": {"published"},
    "pdfminer": {"published"},
    "smtplib": {"mail"},
    "imaplib": {"mail"},
    "imap_tools": {"mail"},
    "mailbox": {"mail"},
    "keyring": {"mail"},
    "jinja2": {"letters", "publishing"},
}
LAZY = {
    "ctypes",
    "distributed",
    "docx",
    "filelock",
    "fsspec",
    "imap_tools",
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
SAME_LEVEL = {
    ("cells", "errors"),
    ("answers", "records"),
    ("findings", "records"),
    ("workers", "records"),
    ("files", "errors"),
    ("findings", "cells"),
    ("documents", "season"),
}


def faults(package: Path) -> list[str]:
    """Return every import of a package's modules that breaks a rule."""
    found: list[str] = []
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(package)
        module = relative.parts[0].removesuffix(".py")
        if module not in LEVELS:
            found.append(f"{relative}: no level is set for {module}")
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
        inner = {node for function in functions for node in ast.walk(function)}
        for node in ast.walk(tree):
            for name in _imported(node):
                found += [f"{relative}:{node.lineno}: {fault}" for fault in _judge(module, name, node in inner)]
    return found


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "later":
        return [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and (node.level or node.module is None):
        return [f"{'.' * node.level}{node.module or ''}"]
    if isinstance(node, ast.ImportFrom) and node.module is not None:
        if node.module == "toolkit":
            return [f"toolkit.{alias.name}" for alias in node.names]
        return [node.module]
    return []


def _judge(module: str, name: str, inside: bool) -> list[str]:
    top, _, rest = name.partition(".")
    found = []
    if name.startswith("."):
        return [f"relative import of {name}: its level cannot be judged"]
    if inside and top not in LAZY:
        found.append(f"imports {name} inside a function")
    if top in FENCES and module not in FENCES[top]:
        found.append(f"{top} is fenced into {', '.join(sorted(FENCES[top]))}")
    if top == "toolkit" and rest:
        target = rest.partition(".")[0]
        allowed = target == module or (module, target) in SAME_LEVEL
        if not allowed and LEVELS.get(target, 99) >= LEVELS[module]:
            found.append(f"{module} (level {LEVELS[module]}) imports {target} (level {LEVELS.get(target)})")
    return found


def test_the_package_keeps_the_import_rules() -> None:
    """No module imports upwards, sideways, or a library that is fenced off from it."""
    assert faults(PACKAGE) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("forms.py", "from toolkit import season\n"),
        ("merging.py", "import toolkit.checking\n"),
        ("reading.py", "import xlsxwriter\n"),
        ("season.py", "def f():\n    from toolkit import forms\n"),
        ("reading.py", "from . import checking\n"),
        ("forms.py", "async def f():\n    import json\n"),
        ("mystery.py", "x = 1\n"),
        ("forms.py", "season = later('toolkit.run.chain')\n"),
    ],
)
def test_a_breach_is_found(tmp_path: Path, module: str, source: str) -> None:
    """An upward, a sideways, a fenced, a hidden and a relative import, and a module of no level, are each found."""
    (tmp_path / module).write_text(source, encoding="utf-8")
    assert len(faults(tmp_path)) == 1


def test_a_near_miss_is_not(tmp_path: Path) -> None:
    """A downward import and a lazy import of a heavy library inside its fence are fine."""
    (tmp_path / "exports.py").write_text("from toolkit import forms\n\ndef f():\n    import pandas\n", encoding="utf-8")
    assert faults(tmp_path) == []
