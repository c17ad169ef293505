"""``rules`` and ``explain``: what is checked, and what a code means."""

from __future__ import annotations

import click

from toolkit.checking.text import text_rules
from toolkit.cli.frame import Command
from toolkit.cli.parameters import FormName, everywhere, format_option, on_a_terminal
from toolkit.cli.printing import out, out_json
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import t
from toolkit.findings import CATALOGUE, Entry, Severity, fault
from toolkit.forms import FORM_IDS, Rule, load_form
from toolkit.outputs.rule_objects import rules_json


@click.command(
    cls=Command,
    help=t("列出审核规则。例：nianbao rules --form 2021", "List the rules. Example: nianbao rules --form 2021"),
)
@click.option(
    "--form",
    type=FormName(FORM_IDS),
    default="2021",
    help=t("格式，默认 2021；也可以是表式文件。", "Form; 2021 by default."),
)
@format_option("text", "json")
@on_a_terminal
def rules(form: str, fmt: str, terminal: Terminal) -> None:
    """List the rules of a form."""
    listed, about_text = load_form(form).rules, text_rules(form)
    if fmt == "json":
        out_json(rules_json(form, listed, about_text))
        return
    for rule in listed:
        sheet = t("（表内同步显示）", " (on the sheet)") if rule.on_sheet else ""
        yields = (
            t("（写明原因和件数的作为存疑接受）", " (a doubt once cause and number are given)") if rule.yields else ""
        )
        _line(rule.entry, sheet + yields)
        out(f"\t{t('公式', 'expression')}\t{_formula(rule)}")
        out(f"\t{t('依据', 'ground')}\t{t(rule.entry.ground, rule.entry.ground_en)}")
    for entry in about_text:
        _line(entry, "")
        out(f"\t{t('依据', 'ground')}\t{t(entry.ground, entry.ground_en)}")


def _line(entry: Entry, sheet: str) -> None:
    out(f"{entry.code}\t{_level(entry.severity)}\t{t(entry.title, entry.title_en)}{sheet}")


@click.command(
    cls=Command, help=t("解释一个代码。例：nianbao explain I1", "Explain a code. Example: nianbao explain I1")
)
@click.argument("code", metavar=t("代码", "CODE"))
@everywhere
def explain(code: str, terminal: Terminal) -> None:
    """Say what a code of a finding means and what to do."""
    wanted = code.strip().upper()
    rules = [(form, rule) for form in FORM_IDS for rule in load_form(form).rules if rule.id == wanted]
    for form, rule in rules:
        title = t(rule.entry.title, rule.entry.title_en)
        out(f"{rule.id}（{form} {t('年格式', 'form')}，{_level(rule.severity)}）{title}")
        out(f"  {t('规则', 'rule')}：{rule.checks[0].words}")
        out(f"  {t('公式', 'expression')}：{_formula(rule)}")
        _advice(rule.entry)
    if not rules and wanted in CATALOGUE:
        entry = CATALOGUE[wanted]
        out(f"{entry.code}（{_level(entry.severity)}）{t(entry.title, entry.title_en)}")
        out(f"  {t(entry.message, entry.message_en)}")
        _advice(entry)
    elif not rules:
        raise fault("CODE_UNKNOWN", code=code)


def _advice(entry: Entry) -> None:
    if entry.ground:
        out(f"  {t('依据', 'ground')}：{t(entry.ground, entry.ground_en)}")
    out(f"  {t('改法', 'what to do')}：{t(entry.remedy, entry.remedy_en)}")


def _level(severity: Severity) -> str:
    return t(severity.zh, severity.value)


def _formula(rule: Rule) -> str:
    guards = "".join(f" | {guard}" for guard in rule.guards)
    return rule.expression + guards
