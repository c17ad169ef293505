"""The table of rules and codes in the README, made from the forms and the catalogue: ``python -m tests.readme``."""

from __future__ import annotations

from pathlib import Path

from toolkit.findings import CATALOGUE
from toolkit.forms import FORM_IDS, load_form

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- codes:begin（由 python -m tests.readme 生成，测试会核对） -->", "<!-- codes:end -->"


def table() -> str:
    """Return the table of every rule of both forms and every code of the catalogue."""
    lines = ["| 代码 | 级别 | 意思 | 格式 |", "|---|---|---|---|"]
    rules: dict[tuple[str, str, str], list[str]] = {}
    for form in FORM_IDS:
        for rule in load_form(form).rules:
            rules.setdefault((rule.id, rule.severity.zh, rule.entry.title), []).append(form)
    lines += [f"| {key[0]} | {key[1]} | {key[2]} | {'、'.join(rules[key])} |" for key in sorted(rules)]
    codes = sorted(set(CATALOGUE) - {key[0] for key in rules})
    lines += [f"| {code} | {CATALOGUE[code].severity.zh} | {CATALOGUE[code].title} | |" for code in codes]
    return "\n".join(lines)


def whole(text: str) -> str:
    """Return the README with its table made anew."""
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


if __name__ == "__main__":
    README.write_text(whole(README.read_text(encoding="utf-8")), encoding="utf-8")
