"""The README says what is true: its table of codes, its commands, its options and its pictures."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from tests.readme import README, table, whole
from toolkit.cli import COMMANDS, main
from toolkit.findings import CATALOGUE, Severity
from toolkit.forms import FORM_IDS, load_form

TEXT = README.read_text(encoding="utf-8")


def test_the_table_of_codes_is_current() -> None:
    """The table in the README is the one that forms and catalogue give (else: python -m tests.readme)."""
    assert whole(TEXT) == TEXT


def test_the_table_names_every_rule_and_code() -> None:
    """Every rule of both forms and every code of the catalogue is a line of the table."""
    codes = {line.split("|")[1].strip() for line in table().splitlines()[2:]}
    assert codes == set(CATALOGUE) | {rule.id for form in FORM_IDS for rule in load_form(form).rules}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_mentioned_and_helps(command: str) -> None:
    """Each command stands in the README and answers --help with an example or a sentence in Chinese."""
    assert f"nianbao {command}" in TEXT
    shown = CliRunner().invoke(main, [command, "--help"])
    assert shown.exit_code == 0
    assert re.search("[\u4e00-\u9fff]", shown.output)


def test_every_option_that_the_readme_uses_exists() -> None:
    """No example uses an option that its command does not have."""
    for command, rest in re.findall(r"nianbao (\w+)([^`\n；]*)", TEXT):
        if command not in COMMANDS:
            continue
        shown = CliRunner().invoke(main, [command, "--help"]).output
        for option in re.findall(r"--[a-z-]+|(?<= )-[a-z](?= )", rest):
            assert option in shown, f"{command} {option}"


def test_pictures_and_papers_exist() -> None:
    """Every file that the README links to is there."""
    for target in re.findall(r"\]\((docs/[^)]+)\)", TEXT):
        assert (README.parent / target).is_file(), target


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_code_can_be_explained(code: str) -> None:
    """``nianbao explain`` knows every code; both languages have a message, Chinese is Chinese and English is not."""
    shown = CliRunner().invoke(main, ["explain", code])
    assert shown.exit_code == 0
    assert code in shown.output
    known = CATALOGUE[code]
    assert re.search("[\u4e00-\u9fff]", known.message)
    assert re.search("[A-Za-z]{3}", known.message_en)
    assert known.remedy or known.severity is Severity.INFO
