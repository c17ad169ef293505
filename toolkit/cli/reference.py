"""``rules`` and ``explain``: what is checked, and what a code means."""

from __future__ import annotations

import click

from toolkit.checking.text import TextRule, text_rules
from toolkit.cli.frame import Command, common, out, out_json
from toolkit.cli.words import LANGUAGE, t
from toolkit.errors import ToolkitError
from toolkit.findings import CATALOGUE, Severity
from toolkit.forms import FORM_IDS, Rule, load_form


@click.command(
    cls=Command,
    help=t("列出审核规则。例：nianbao rules --form 2021", "List the rules. Example: nianbao rules --form 2021"),
)
@click.option(
    "--form", type=click.Choice(FORM_IDS), default="2021", help=t("格式，默认 2021。", "Form; 2021 by default.")
)
@click.option("--format", "fmt", type=click.Choice(["text", "json"]), default="text", help=t("输出格式。", "Format."))
@common
def rules(form: str, fmt: str, lang: str, debug: bool, quiet: bool) -> None:
    """List the rules of a form."""
    listed, about_text = load_form(form).rules, text_rules(form)
    if fmt == "json":
        told = [*(_json(rule) for rule in listed), *(_text_json(rule) for rule in about_text)]
        out_json({"schema": "nianbao.rules/1", "form": form, "rules": told})
        return
    for rule in listed:
        sheet = t("（表内同步显示）", " (on the sheet)") if rule.on_sheet else ""
        out(f"{rule.id}\t{_level(rule.severity)}\t{rule.title}{sheet}")
        out(f"\t{t('公式', 'expression')}\t{_formula(rule)}")
        out(f"\t{t('依据', 'ground')}\t{rule.ground}")
    for each in about_text:
        out(f"{each.entry.code}\t{_level(each.entry.severity)}\t{t(each.entry.title, each.entry.title_en)}")
        out(f"\t{t('依据', 'ground')}\t{each.ground}")


@click.command(
    cls=Command, help=t("解释一个代码。例：nianbao explain I1", "Explain a code. Example: nianbao explain I1")
)
@click.argument("code", metavar=t("代码", "CODE"))
@common
def explain(code: str, lang: str, debug: bool, quiet: bool) -> None:
    """Say what a code of a finding means and what to do."""
    wanted = code.strip().upper()
    found = False
    for form in FORM_IDS:
        for rule in [each for each in load_form(form).rules if each.id == wanted]:
            found = True
            out(f"{rule.id}（{form} {t('年格式', 'form')}，{_level(rule.severity)}）{rule.title}")
            out(f"  {t('规则', 'rule')}：{rule.checks[0].words}")
            out(f"  {t('公式', 'expression')}：{_formula(rule)}")
            out(f"  {t('依据', 'ground')}：{rule.ground}")
            out(f"  {t('改法', 'what to do')}：{rule.remedy}")
    if wanted in CATALOGUE:
        found = True
        known = CATALOGUE[wanted]
        zh = LANGUAGE == "zh"
        out(f"{known.code}（{_level(known.severity)}）{known.title if zh else known.title_en}")
        out(f"  {known.message if zh else known.message_en}")
        for ground in {each.ground for form in FORM_IDS for each in text_rules(form) if each.entry.code == wanted}:
            out(f"  {t('依据', 'ground')}：{ground}")
        out(f"  {t('改法', 'what to do')}：{known.remedy if zh else known.remedy_en}")
    if not found:
        raise ToolkitError(
            t(f"没有代码 {code}。", f"There is no code {code}."),
            t("规则代码见 nianbao rules；其他代码见 README 的审核意见表。", "See nianbao rules and the README."),
        )


def _text_json(rule: TextRule) -> dict[str, object]:
    """Return a rule about the text with the keys of the others; it has no expression and no single checks."""
    known = rule.entry
    return {
        "id": known.code,
        "variant": "",
        "severity": known.severity.value,
        "title": known.title,
        "expression": "",
        "guards": [],
        "on_sheet": False,
        "ground": rule.ground,
        "remedy": known.remedy,
        "level": None,
        "first_year": None,
        "last_year": None,
        "checks": [],
    }


def _level(severity: Severity) -> str:
    return t(severity.zh, severity.value)


def _formula(rule: Rule) -> str:
    guards = "".join(f" | {guard}" for guard in rule.guards)
    return rule.expression + guards


def _json(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "variant": rule.variant,
        "severity": rule.severity.value,
        "title": rule.title,
        "expression": rule.expression,
        "guards": list(rule.guards),
        "on_sheet": rule.on_sheet,
        "ground": rule.ground,
        "remedy": rule.remedy,
        "level": rule.level,
        "first_year": rule.first_year,
        "last_year": rule.last_year,
        "checks": [{"key": check.key, "words": check.words, "items": list(check.items)} for check in rule.checks],
    }
