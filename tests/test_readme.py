"""The documents say what is true: README, docs/coordinator.md and docs/codes.md – their commands run, their options exist."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.commands import run, worked
from tests.readme import CITY, CODES, COORDINATOR, README, ROOT, codes, commands, programs
from tests.samples import FOLDER, REGION, code_of
from tests.servers import PASSWORD, USER, ImapServer, SmtpServer, certificate, requires_dovecot
from tests.soaking import soak
from toolkit.cli import COMMANDS
from toolkit.findings import CATALOGUE, Severity
from toolkit.forms import FORM_IDS, load_form

DOCUMENTS = (README, COORDINATOR, CITY)
TEXT = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
SECRETS = {"NIANBAO_SMTP_PASSWORD": PASSWORD, "NIANBAO_IMAP_PASSWORD": PASSWORD}
README_LINES = 150


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay the sample county out under the names that the documents use, and work there."""
    county = FOLDER / REGION
    shutil.copytree(county / "2025", tmp_path / "收到的年报")
    shutil.copy(county / "2024" / "统计局2024年报.xlsx", tmp_path / "收到的年报")  # a stray of last year
    shutil.copytree(county / "2024", tmp_path / "去年的年报")
    shutil.copy(county / "名录.xlsx", tmp_path)
    (tmp_path / "密码.txt").write_text("123456\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@soak
def test_every_command_of_the_readme_runs(desk: Path) -> None:
    """On the sample county, in the order of the README; what they write is there."""
    for words in commands(README):
        worked(*words, environment=SECRETS)
    for name in ("退回/审核汇总.xlsx", "汇总.xlsx", "空白名录.xlsx", "财政局2025年报.docx", "导入.xlsx"):
        assert (desk / name).is_file(), name


def test_the_daily_commands_name_what_is_wrong_and_go_on(desk: Path) -> None:
    """The two daily commands on the shipped county with a stray of last year: findings (1), never a refusal (2)."""
    check, merge = list(commands(README))[:2]
    assert (check[0], merge[0]) == ("check", "merge")
    assert run(*check).code == 1
    assert run(*merge).code == 1


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_python_example_runs(desk: Path, document: Path) -> None:
    """The Python examples of a document run as they stand."""
    for program in programs(document):
        exec(compile(program, document.name, "exec"), {"__name__": "example"})


@soak
def test_every_command_of_the_city_runs(desk: Path) -> None:
    """Two counties' roll-ups in a folder: checked, merged, and proved from them."""
    (desk / "各县").mkdir()
    for number, region in ((91, "样例县"), (92, "样例区")):
        region_of = ("--region", region, "--region-code", code_of(f"{number}"), "--region-level", "县")
        worked("merge", "收到的年报", "--year", "2025", *region_of, "-o", f"各县/{region}.xlsx")
    for words in commands(CITY):
        assert worked(*words).code in ((0,) if words[0] == "prove" else (0, 1))
    assert (desk / "全市汇总.xlsx").is_file()


@requires_dovecot
@pytest.mark.soak
def test_every_command_of_the_coordinator_runs(desk: Path) -> None:
    """The season of docs/coordinator.md, in its order, over a mail server that delivers and a mailbox that is read."""
    made = certificate(desk / "ca")
    with SmtpServer() as smtp, ImapServer(made) as imap:
        for words in commands(COORDINATOR):
            worked(*words, environment=SECRETS)
            if words[0] == "init":
                (desk / words[1] / "邮箱.toml").write_text(
                    f'[smtp]\nhost = "127.0.0.1"\nport = {smtp.port}\nsecurity = "plain"\nuser = "{USER}"\n'
                    f'[imap]\nhost = "localhost"\nport = {imap.secure}\nuser = "{USER}"\nca_file = "{made.authority}"\n',
                    encoding="utf-8",
                )
    for name in ("2025年报/台账.xlsx", "2025年报/汇总.xlsx", "再次汇总.xlsx", "县年报.docx", "财政局2025年报.html"):
        assert (desk / name).is_file(), name


def test_the_keystrokes_of_a_cycle_are_counted() -> None:
    """The numbers before and after are those of the commands that stand above them, which run with all others."""
    part = COORDINATOR.read_text(encoding="utf-8").partition("**一轮要敲多少**")[2]
    lists = [block.strip().splitlines() for block in re.findall(r"```sh\n(.*?)```", part, re.DOTALL)[:2]]
    counted = [
        (times * len(lines), times * sum(len(line) + 1 for line in lines)) for times in (1, 3) for lines in lists
    ]
    rows = re.findall(r"^\| .轮，\S+ \| (\d+) \| (\d+) \|$", part, re.MULTILINE)
    assert [(int(commands), int(keys)) for commands, keys in rows] == counted


def test_the_readme_is_short() -> None:
    """One screen to the first result, 150 lines in all."""
    assert len(README.read_text(encoding="utf-8").splitlines()) <= README_LINES
    assert "make demo" in "\n".join(README.read_text(encoding="utf-8").splitlines()[:24])


def test_the_table_of_codes_is_current() -> None:
    """docs/codes.md is what forms and catalogue give (else: python -m tests.readme)."""
    assert CODES.read_text(encoding="utf-8") == codes()


def test_the_table_names_every_rule_and_code() -> None:
    """Every rule of both forms and every code of the catalogue is a line of the table."""
    lines = {line.split("|")[1].strip() for line in codes().splitlines() if line.startswith("|")} - {"代码", "---"}
    assert lines == set(CATALOGUE) | {rule.id for form in FORM_IDS for rule in load_form(form).rules}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_mentioned_and_helps(command: str) -> None:
    """Each command stands in a document and answers --help with an example or a sentence in Chinese."""
    assert f"nianbao {command}" in TEXT
    shown = run(command, "--help")
    assert shown.code == 0
    assert re.search("[\u4e00-\u9fff]", shown.out)


def test_every_option_that_the_documents_use_exists() -> None:
    """No example uses an option that its command does not have."""
    for command, rest in re.findall(r"nianbao (\w+)([^`\n；]*)", TEXT):
        if command not in COMMANDS:
            continue
        shown = run(command, "--help").out
        for option in re.findall(r"--[a-z-]+|(?<= )-[a-z](?= )", rest.partition("#")[0]):
            assert option in shown, f"{command} {option}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_pictures_and_papers_exist(document: Path) -> None:
    """Every file that a document links to is there, and the paths it names in the package are."""
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((docs/[^)]+)\)", text) + re.findall(
        r"`((?:toolkit|tests|docs)/[\w/.]+\.\w+)`", text
    ):
        assert (ROOT / target).is_file(), target


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_code_can_be_explained(code: str) -> None:
    """``nianbao explain`` knows every code; both languages have a message, Chinese is Chinese and English is not."""
    shown = run("explain", code)
    assert shown.code == 0
    assert code in shown.out
    entry = CATALOGUE[code]
    assert re.search("[\u4e00-\u9fff]", entry.message)
    assert re.search("[A-Za-z]{3}", entry.message_en)
    assert entry.remedy or entry.severity is Severity.INFO
