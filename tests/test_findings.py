"""The catalogue: every entry renders in both languages, is used, and tells an agency nothing that only a coordinator can do."""

from __future__ import annotations

import ast
import pickle
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli
from msgspec import Struct

from toolkit.checking.text import load_rules
from toolkit.errors import DefinitionError, ToolkitError, WorkbookError
from toolkit.findings import CATALOGUE, Entry, Severity, Wording, catalogue, fault, finding, phrase
from toolkit.findings.toml import read_toml
from toolkit.forms import FORM_IDS, load_form
from toolkit.returns import Region
from toolkit.run import Job, run

PACKAGE = Path(catalogue.__file__).parent.parent
ENTRIES = tuple(catalogue.entries())
PAIRS = (
    ("message", "message_en"),
    ("remedy", "remedy_en"),
    ("remedy_agency", "remedy_agency_en"),
    ("ground", "ground_en"),
)
CODE = re.compile(r"(FILE|FORM|ID|VALUE|TEXT|BLANK|EXPLAIN|ROSTER|MERGE|LAST|LEDGER|MAIL|IMPORT)_[0-9]{3}|C4")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def name_of(entry: Entry) -> str:
    return f"{entry.code}.{entry.variant}".strip(".")


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
def test_an_entry_renders_in_both_languages(entry: Entry) -> None:
    """Its example fills every placeholder and no other; Chinese is Chinese, English says the same things."""
    used = set()
    for zh, en in PAIRS:
        texts = getattr(entry, zh), getattr(entry, en)
        assert placeholders(texts[0]) == placeholders(texts[1])
        assert (texts[0] == "") == (texts[1] == "")
        used |= placeholders(texts[0])
    assert used == set(entry.example)
    made = finding(entry, **entry.example)  # type: ignore[arg-type]
    advised = entry.severity is not Severity.INFO or entry.remedy
    zh_texts = (entry.title, made.message, *((made.remedy, made.for_agency) if advised else ()))
    assert all(re.search("[\u4e00-\u9fff]", text) for text in zh_texts)
    assert all(
        re.search("[A-Za-z]{3}", text)
        for text in (entry.title_en, made.message_en, *([made.remedy_en] if advised else ()))
    )
    assert all(value in made.message + made.remedy + made.for_agency for value in entry.example.values())
    assert not re.search("[{}]", made.message + made.remedy + made.message_en + made.remedy_en + made.for_agency)
    assert made.severity in list(Severity)


@pytest.mark.parametrize("name", sorted(catalogue.phrases()))
def test_a_phrase_renders_in_both_languages(name: str) -> None:
    """A phrase has the same placeholders in both languages, and an example for each of them."""
    fragment = catalogue.phrases()[name]
    assert placeholders(fragment.zh) == placeholders(fragment.en) == set(fragment.example)
    made = phrase(name, **fragment.example)
    assert all(value in made and value in made.en for value in fragment.example.values())


@pytest.mark.parametrize("code", sorted(catalogue.fault_entries()))
def test_a_fault_renders_in_both_languages(code: str) -> None:
    """Its example fills every placeholder and no other; Chinese is Chinese, and English names all that Chinese does."""
    entry = catalogue.fault_entry(code)
    in_chinese = placeholders(entry.message) | placeholders(entry.remedy)
    assert placeholders(entry.message_en) == in_chinese == set(entry.example)
    made = fault(code, **entry.example)  # type: ignore[arg-type]
    assert re.search("[\u4e00-\u9fff]", made.message)
    assert re.search("[A-Za-z]{3}", made.english)
    assert all(value in str(made) for value in entry.example.values())
    assert not re.search("[{}]", str(made) + made.english)


def test_a_fault_says_its_parameters_in_the_language_of_each_text() -> None:
    """It is a ToolkitError or the kind that is asked for; what it is made of is said in Chinese and in English."""
    made = fault("CLUSTER_VERSION_DIFFERS", address="tcp://h:1", versions=Wording("1、2", "1, 2"), version=3)
    assert type(made) is ToolkitError
    assert made.message == "集群 tcp://h:1 不能用：工作机上的版本是 1、2，本机是 3。"
    assert made.remedy == "请在各工作机上安装同一版本的 nianbao，启动工作进程后再试。"
    assert made.english.startswith(
        "The cluster tcp://h:1 cannot be used: its workers have version 1, 2, this machine 3."
    )
    assert type(fault("DETAILS_ELSEWHERE", WorkbookError)) is WorkbookError


def test_each_call_gives_a_fault_what_its_texts_need() -> None:
    """Each fault of the catalogue is raised somewhere, with just the parameters of its texts."""
    calls = list(faults_raised())
    assert {code for _, code, _ in calls} == set(catalogue.fault_entries())
    for place, code, params in calls:
        needs = set(catalogue.fault_entry(code).example)
        assert params - {None} == needs - ({"why", "advice"} if None in params else set()), f"{place}: {code}"


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
def test_an_agency_is_asked_nothing_that_only_a_coordinator_can_do(entry: Entry) -> None:
    """No option, no command, no password, no moving of files."""
    remedy = entry.remedy_agency or entry.remedy
    assert not re.search("--|nianbao|密码|移出文件夹", remedy)
    assert entry.remedy_agency != entry.remedy or not remedy
    if not entry.code.startswith(("LEDGER_", "MAIL_", "MERGE_", "ROSTER_")):
        assert not re.search("报送单位|该单位", remedy)


def test_what_has_a_hole_is_never_shown() -> None:
    """An unknown code and a missing parameter are faults of the program."""
    with pytest.raises(KeyError):
        finding("FILE_999")
    with pytest.raises(KeyError):
        finding("FILE_002")
    with pytest.raises(KeyError):
        phrase("nothing")
    with pytest.raises(KeyError):
        fault("NOTHING")
    with pytest.raises(KeyError):
        fault("FILE_MISSING")


def test_a_wording_is_said_in_the_language_of_its_text() -> None:
    """A parameter that knows its English is Chinese in the one message and English in the other."""
    made = finding("ROSTER_010", wrong="1", fault=Wording("应为 18 位", "18 characters"))
    assert "应为 18 位" in made.message
    assert made.message_en == "The code “1” is ill-formed: 18 characters."


def faults_raised() -> Iterator[tuple[str, str, set[str | None]]]:
    """Yield the place, the code and the names of the parameters of each fault that the package makes; None for ``**``."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="fault"), args=[ast.Constant(value=str(code)), *_], keywords=keywords):
                    yield f"{path}:{node.lineno}", code, {keyword.arg for keyword in keywords}


def strings() -> Iterator[str]:
    """Yield every text that stands in the code of the package, docstrings apart."""
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documentation = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
                yield node.value


def test_codes_and_entries_are_the_same() -> None:
    """Each code that stands in the program has its entry, each entry is one that the program, a form or a rule uses."""
    texts = set(strings())
    in_code = {text for text in texts if CODE.fullmatch(text)}
    rules = {(rule.id, rule.variant) for form in FORM_IDS for rule in load_form(form).rules}
    in_rules = {rule for rule, _ in rules} | load_rules().codes
    assert in_code | in_rules == set(CATALOGUE)
    variants = {(entry.code, entry.variant) for entry in ENTRIES if entry.variant}
    assert variants <= rules
    unused = {name for name in catalogue.phrases() if name not in texts}
    assert {
        name
        for name in unused
        if not name.startswith(("trust_", "kind_", "undecided_", "package_", "left_out_", "group_"))
    } <= QUESTIONS


QUESTIONS = {"faulty", "repeated", "mentions", "fee"}


class _Strict(Struct, frozen=True, forbid_unknown_fields=True):
    entries: Mapping[str, Entry]
    variants: Mapping[str, Any]
    faults: Mapping[str, catalogue.FaultEntry]
    phrases: Mapping[str, catalogue.Fragment]


def _strictly(text: str) -> _Strict:
    """Read the text of a catalogue as forms are read: every key and type of every entry."""
    lines = [re.sub(r"^\[([A-Z]+[_0-9]+)\]$", r"[entries.\1]", line) for line in text.splitlines()]
    text = "\n".join(re.sub(r"^\[([A-Z]+[0-9]+)\.variants", r"[variants.\1", line) for line in lines)
    return read_toml(text, "catalogue.toml", _Strict)


def test_the_shipped_catalogue_is_sound() -> None:
    """At work an entry is read when it is needed; here each key of each is looked at, and slips are refused with their path."""
    text = catalogue.shipped()
    whole = _strictly(text)
    assert set(whole.entries) == set(CATALOGUE)
    assert [entry.code for entry in ENTRIES if not entry.variant] == [
        key for key in tomli.loads(text) if key not in ("faults", "phrases")
    ]
    slips = text.replace("[FILE_001]\nseverity", "[FILE_001]\nseverty", 1).replace(
        'severity = "info"', 'severity = "minor"', 1
    )
    with pytest.raises(DefinitionError) as refused:
        _strictly(slips)
    faults = "\n".join(refused.value.faults)
    assert "entries.FILE_001.severty: unknown key 'severty' — did you mean 'severity'?" in faults
    assert "unknown severity 'minor'; one of error, warning, info" in faults


def test_a_wording_travels_in_both_languages() -> None:
    """What another process hands over knows its English still."""
    wording = pickle.loads(pickle.dumps(Wording("可以上报", "ready to file")))
    assert (wording, wording.en) == ("可以上报", "ready to file")


def test_english_is_no_chinese_sentence() -> None:
    """No English text of the catalogue has the punctuation of Chinese but within the brackets of what is to be typed."""
    texts = [getattr(entry, name) for entry in CATALOGUE.values() for name in entry.__struct_fields__ if "_en" in name]
    texts += [fragment.en for fragment in catalogue.phrases().values()]
    assert [text for text in texts if re.search("[，。；：]", re.sub("（[^）]*）", "", text))] == []


def test_why_a_file_is_in_its_state_is_said_in_both_languages() -> None:
    """Of the sample county every state and reason has its English, and the two say it in their own language alone."""
    county = Path(__file__).parents[1] / "filled" / "样例县"
    roll = run(Job((county / "2025",), "merge", year=2025, roster=county / "名录.xlsx", region=Region("样例县"))).rollup
    assert roll is not None
    reasons = [file.reason for file in roll.files if file.reason]
    assert len(reasons) > 5
    assert all(isinstance(reason, Wording) and not re.search("[，。；：]", reason.en) for reason in reasons), reasons
