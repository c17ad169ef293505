"""docs/codes.md, made from the forms and the catalogue: ``python -m tests.readme``; and the examples of the documents."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from toolkit.findings import CATALOGUE
from toolkit.forms import FORM_IDS, load_form

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
COORDINATOR = ROOT / "docs" / "coordinator.md"
CITY = ROOT / "docs" / "city.md"
CODES = ROOT / "docs" / "codes.md"
HEAD = """# 规则和意见代码

由 `python -m tests.readme` 从表式和意见目录生成，测试会核对。`nianbao explain 代码` 给出依据、说法和改法。

| 代码 | 级别 | 意思 | 格式 |
|---|---|---|---|
"""


def codes() -> str:
    """Return docs/codes.md: a line for every rule of both forms and for every code of the catalogue."""
    rules: dict[tuple[str, str, str], list[str]] = {}
    for form in FORM_IDS:
        for rule in load_form(form).rules:
            forms = rules.setdefault((rule.id, rule.severity.zh, rule.entry.title), [])
            forms += [form] if form not in forms else []
    lines = [f"| {key[0]} | {key[1]} | {key[2]} | {'、'.join(rules[key])} |" for key in sorted(rules)]
    known = {key[0] for key in rules}
    lines += [
        f"| {code} | {entry.severity.zh} | {entry.title} | |"
        for code, entry in sorted(CATALOGUE.items())
        if code not in known
    ]
    return HEAD + "\n".join(lines) + "\n"


def commands(document: Path) -> Iterator[list[str]]:
    """Yield the words of every ``nianbao`` command in the ``sh`` blocks of a document, without its comment."""
    for block in re.findall(r"```sh\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["nianbao"]:
                yield words[1:]


def programs(document: Path) -> list[str]:
    """Return the Python examples of a document."""
    return re.findall(r"```python\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)


if __name__ == "__main__":
    CODES.write_text(codes(), encoding="utf-8")
