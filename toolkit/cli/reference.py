"""``rules`` and ``explain``: what is checked, and what a code means."""

from __future__ import annotations

import click

from toolkit.checking.text import text_rules
from toolkit.cli.frame import Command
from toolkit.cli.parameters import everywhere, format_option
from toolkit.cli.printing import out, out_json
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import LANGUAGE, t
from toolkit.errors import ToolkitError
from toolkit.findings import CATALOGUE, Severity
from toolkit.forms import FORM_IDS, Rule, load_form
from toolkit.outputs.contract import rules_json


@click.command(
    cls=Command,
    help=t("列出审核规则。例：nianbao rules --form 2021", "List the rules. Example: nianbao rules --form 2021"),
)
@click.option(
    "--form", type=click.Choice(FORM_IDS), default="2021", help=t("格式，默认 2021。", "Form; 2021 by default.")
)
@format_option("text", "json")
@everywhere
def rules(form: str, fmt: str, terminal: Terminal) -> None:
    """List the rules of a form."""
    listed, about_text = load_form(form).rules, text_rules(form)
    if fmt == "json":
        out_json(rules_json(form, listed, about_text))
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
@everywhere
def explain(code: str, terminal: Terminal) -> None:
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


def _level(severity: Severity) -> str:
    return t(severity.zh, severity.value)


def _formula(rule: Rule) -> str:
    guards = "".join(f" | {guard}" for guard in rule.guards)
    return rule.expression + guards
