"""Merging: whose is it, which of several counts, does it count, and what comes of it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from itertools import permutations

import pytest
from msgspec.structs import replace

from tests.rollups import FORM, SMALL, YEAR, a_return, body, checked, code_of, error, merged, roster
from toolkit.answers import Number, Unreadable
from toolkit.findings import CATALOGUE, Finding, finding
from toolkit.forms import load_form
from toolkit.merging import coverage
from toolkit.outputs.contract import coverage_json
from toolkit.returns import Checked, Region, RollUp, Standing, mark_of
from toolkit.roster import Roster


def states(rollup: RollUp) -> dict[str, str]:
    return {each.file: each.state for each in rollup.files}


def bodies(rollup: RollUp) -> dict[str, str]:
    return {each.code: each.state for each in rollup.bodies}


def test_figures_are_added_exactly() -> None:
    """Counts add as integers, money as decimals without a trace of binary rounding, totals follow their parts."""
    files = [checked(a_return(number, SMALL), f"{number}.xlsx") for number in (1, 2, 3)]
    rollup = merged(files)
    assert rollup.figures["t2.fees.amount"] == Decimal("0.3")
    assert isinstance(rollup.figures["t3.r1.natural"], int)
    assert rollup.figures["t3.r1.total"] == 9
    assert set(rollup.figures) == set(FORM.items)
    assert rollup.expected is None


def test_the_order_of_files_does_not_matter() -> None:
    """Every order of the same files gives the same roll-up, also where versions compete."""
    files = [
        checked(a_return(1, SMALL), "b.xlsx"),
        checked(a_return(1, SMALL), "a.xlsx"),
        checked(a_return(2, SMALL), "c.xlsx"),
        checked(a_return(2, SMALL | {"t3.r1.natural": 9}), "d.xlsx"),
        checked(a_return(3, SMALL), "e.xlsx", modified=5),
    ]
    first = merged(files, roster(1, 2, 3, 4))
    for order in permutations(files):
        assert merged(list(order), roster(1, 2, 3, 4)) == first
    newest = merged(files, roster(1, 2, 3), prefer_newest=True)
    random.Random(1).shuffle(files)
    assert merged(files, roster(1, 2, 3), prefer_newest=True) == newest


def test_equal_files_are_duplicates() -> None:
    """The same bytes or the same figures, declarations and text are a duplicate; other declarations are a conflict."""
    same = merged([checked(a_return(1, SMALL), "a.xlsx"), checked(a_return(1, SMALL), "b.xlsx")])
    assert states(same) == {"a.xlsx": "merged", "b.xlsx": "duplicate"}
    declared = merged([checked(a_return(1, SMALL), "a.xlsx"), checked(a_return(1, SMALL, declared=()), "b.xlsx")])
    assert states(declared) == {"a.xlsx": "conflict", "b.xlsx": "conflict"}


def test_of_two_equal_files_the_sounder_counts() -> None:
    """Where two files say the same and one of them has an error, the other one is merged, whatever their names."""
    rollup = merged([checked(a_return(1, SMALL), "a.xlsx", error("a.xlsx")), checked(a_return(1, SMALL), "b.xlsx")])
    assert states(rollup) == {"a.xlsx": "duplicate", "b.xlsx": "merged"}


def test_a_later_round_supersedes() -> None:
    """The round that a reply carries decides, not the time of the file; a difference in one item is no conflict."""
    old = checked(a_return(1, SMALL), "new-name.xlsx", modified=99)
    new = checked(a_return(1, SMALL | {"t3.r1.natural": 4}, round=1), "a.xlsx", modified=1)
    rollup = merged([old, new])
    assert states(rollup) == {"new-name.xlsx": "superseded", "a.xlsx": "merged"}
    assert rollup.figures["t3.r1.natural"] == 4
    assert rollup.findings == ()


def test_two_versions_are_a_conflict() -> None:
    """Nothing of the body is merged; the error names both files and how many items differ."""
    one = checked(a_return(1, SMALL), "a.xlsx", modified=1)
    two = checked(a_return(1, SMALL | {"t3.r1.natural": 4}), "b.xlsx", modified=2)
    rollup = merged([one, two, checked(a_return(2, SMALL), "c.xlsx")], roster(1, 2))
    assert states(rollup) == {"a.xlsx": "conflict", "b.xlsx": "conflict", "c.xlsx": "merged"}
    assert bodies(rollup) == {code_of(1): "received", code_of(2): "passed"}
    (told,) = rollup.findings
    assert (told.code, told.severity) == ("MERGE_001", "error")
    assert "a.xlsx、b.xlsx" in told.message
    assert set(told.items) == {"t3.r1.natural", "t3.r1.total"}


def test_newest_wins_when_told_so() -> None:
    """--prefer newest takes the file modified last and says so in the roll-up and in a warning."""
    one = checked(a_return(1, SMALL), "b.xlsx", modified=1)
    two = checked(a_return(1, SMALL | {"t3.r1.natural": 4}), "a.xlsx", modified=2)
    rollup = merged([one, two], prefer_newest=True)
    assert states(rollup) == {"b.xlsx": "superseded", "a.xlsx": "merged"}
    assert rollup.preferred == ("a.xlsx",)
    assert [(each.code, each.severity) for each in rollup.findings] == [("MERGE_002", "warning")]
    tied = merged([checked(one.ret, "b.xlsx"), checked(two.ret, "a.xlsx")], prefer_newest=True)
    assert states(tied) == {"b.xlsx": "merged", "a.xlsx": "superseded"}


def test_errors_keep_a_return_out_unless_there_is_a_reason() -> None:
    """A failing return is left out; with a reason it is merged, unreadable items count as nothing and are named."""
    ret = a_return(1, SMALL, answers={"t2.penalty.decisions": Unreadable("约60", "VALUE_012")})
    file = checked(ret, "a.xlsx", error("a.xlsx"))
    left = merged([file], roster(1))
    assert (states(left), bodies(left)) == ({"a.xlsx": "failing"}, {code_of(1): "received"})
    assert left.files[0].reason == "还有 1 处错误（MERGE_001）。"
    assert left.merged == ()
    told = merged([file], roster(1), include_failing={code_of(1): "局长已电话核实"})
    assert (states(told), bodies(told)) == ({"a.xlsx": "merged"}, {code_of(1): "waived"})
    assert told.included == {code_of(1): "局长已电话核实"}
    assert [each.code for each in told.findings] == ["MERGE_005", "MERGE_006"]
    assert "约60" in told.findings[1].message
    assert told.figures["t2.penalty.decisions"] == 0
    assert told.figures["t3.r1.natural"] == 3
    assert states(merged([file], include_failing={code_of(1): "  "})) == {"a.xlsx": "failing"}


def test_a_reason_for_nobody_is_told() -> None:
    """A mistyped code in --include-failing does not pass in silence."""
    rollup = merged([checked(a_return(1, SMALL), "a.xlsx")], include_failing={code_of(9): "理由"})
    assert [each.code for each in rollup.findings] == ["MERGE_007"]


def test_bodies_outside_the_rollup_are_listed_not_added() -> None:
    """A vertical organ is checked, expected and listed, and adds nothing; its errors give it back."""
    files = [checked(a_return(1, SMALL), "a.xlsx"), checked(a_return(2, SMALL), "b.xlsx")]
    rollup = merged(files, roster(1, outside=(2,)))
    assert states(rollup) == {"a.xlsx": "merged", "b.xlsx": "not_in_rollup"}
    assert rollup.figures["t3.r1.natural"] == 3
    assert (rollup.expected, bodies(rollup)[code_of(2)]) == (2, "passed")
    failing = merged([checked(a_return(2, SMALL), "b.xlsx", error())], roster(1, outside=(2,)))
    assert states(failing) == {"b.xlsx": "not_in_rollup"}
    assert bodies(failing)[code_of(2)] == "received"


def test_names_help_only_where_a_code_is_missing() -> None:
    """Without a code the name finds its body, with a warning; with a strange code the same name does not."""
    rollup = merged([checked(a_return(1, SMALL, code=None, name="样例 １局"), "a.xlsx")], roster(1))
    assert states(rollup) == {"a.xlsx": "merged"}
    assert [each.code for each in rollup.findings] == ["MERGE_003"]
    assert rollup.merged[0].ret is not None
    assert rollup.merged[0].ret.identity.code == code_of(1)
    strange = merged([checked(a_return(7, SMALL, name="样例1局"), "a.xlsx")], roster(1))
    assert states(strange) == {"a.xlsx": "not_on_roster"}
    assert code_of(1) in strange.files[0].reason
    assert bodies(strange) == {code_of(1): "missing"}


def test_code_and_name_of_two_bodies_belong_to_nobody() -> None:
    """A return with one body's code and another's name is not merged for either; a mere other name is."""
    rollup = merged([checked(a_return(1, SMALL, name="样例2局"), "a.xlsx")], roster(1, 2))
    assert states(rollup) == {"a.xlsx": "no_identity"}
    assert [each.code for each in rollup.findings] == ["MERGE_008"]
    renamed = merged([checked(a_return(1, SMALL, name="样例一局"), "a.xlsx")], roster(1, 2))
    assert states(renamed) == {"a.xlsx": "merged"}
    assert [each.code for each in renamed.findings] == ["MERGE_010"]


def test_an_old_code_names_its_heir() -> None:
    """A predecessor's code is not on the roster, and the reason says who inherited it."""
    known = Roster("样例县", (body(1, predecessors=(code_of(5),)), body(6, last=2020)))
    rollup = merged([checked(a_return(5, SMALL), "a.xlsx"), checked(a_return(6, SMALL), "b.xlsx")], known)
    assert states(rollup) == {"a.xlsx": "not_on_roster", "b.xlsx": "not_on_roster"}
    assert "样例1局承继" in rollup.files[0].reason
    assert bodies(rollup) == {code_of(1): "missing", code_of(6): "not_expected"}
    assert rollup.expected == 1


def test_files_of_no_use_have_their_own_states() -> None:
    """Another year, another format, no identity, not ours and unreadable are told apart."""
    files = [
        checked(a_return(1, SMALL, year=2024), "year.xlsx"),
        checked(a_return(1, {}, form=load_form("2019")), "form.xlsx"),
        checked(a_return(1, SMALL, code=None, name=""), "nobody.xlsx"),
        checked(None, "letter.docx", finding("FILE_011")),
        checked(None, "broken.xlsx", finding("FILE_020", why="")),
    ]
    rollup = merged(files, roster(1))
    assert states(rollup) == {
        "year.xlsx": "wrong_year",
        "form.xlsx": "wrong_form",
        "nobody.xlsx": "no_identity",
        "letter.docx": "not_ours",
        "broken.xlsx": "unreadable",
    }
    assert bodies(rollup) == {code_of(1): "received"}
    assert rollup.merged == ()


def test_a_region_is_not_added_to_itself() -> None:
    """An earlier roll-up of the region in the folder is named and left out; a roll-up from below is merged."""
    own = checked(a_return(1, SMALL, name="样例县", kind="rollup", code=None), "汇总.xlsx")
    below = checked(a_return(2, SMALL, name="下级县", kind="rollup"), "下级.xlsx")
    rollup = merged([own, below], region=Region("样例县"))
    assert states(rollup) == {"汇总.xlsx": "not_in_rollup", "下级.xlsx": "merged"}
    assert [each.code for each in rollup.findings] == ["MERGE_009"]


def test_without_a_roster_a_name_joins_the_code_it_came_with() -> None:
    """Without a roster a return without code belongs to the body whose code another file of that name gives."""
    files = [checked(a_return(1, SMALL), "a.xlsx"), checked(a_return(1, SMALL, code=None), "b.xlsx")]
    assert states(merged(files)) == {"a.xlsx": "merged", "b.xlsx": "duplicate"}
    alone = merged([checked(a_return(1, SMALL, code=None), "b.xlsx")])
    assert states(alone) == {"b.xlsx": "merged"}
    assert [each.name for each in alone.bodies] == ["样例1局"]


def test_coverage_says_what_is_missing_and_left_out() -> None:
    """The statement counts, names the missing, the left out and the unexplained; the JSON agrees with it."""
    doubt = finding("MERGE_002", name="", count=2, files="", differing="", differing_en="", taken="", ground="")
    files = [
        checked(a_return(1, SMALL), "a.xlsx", doubt),
        checked(a_return(2, SMALL), "b.xlsx", error()),
        checked(a_return(3, SMALL), "c.xlsx"),
        checked(a_return(3, SMALL | {"t3.r1.natural": 4}), "d.xlsx"),
    ]
    rollup = merged(files, roster(1, 2, 3, 4))
    statement = coverage(rollup)
    assert statement.startswith("3/4 已报，1 家未报：样例4局；已汇总 1 份；1 份有错误未计入：样例2局")
    assert statement.endswith("1 份带未说明的存疑。")
    told = coverage_json(rollup)
    assert (told["expected"], told["received"], told["merged"]) == (4, 3, 1)
    assert told["missing"] == [{"code": code_of(4), "name": "样例4局"}]
    assert [each["file"] for each in told["excluded"]] == ["b.xlsx", "c.xlsx", "d.xlsx"]
    assert told["conflicts"] == [{"code": code_of(3), "name": "样例3局", "files": ["c.xlsx", "d.xlsx"]}]


def test_everything_ends_in_exactly_one_state() -> None:
    """Whatever comes in, every file and every body of the roster has one state, and what merged adds up."""
    draw = random.Random(7)
    for _ in range(40):
        files = []
        for at in range(draw.randint(0, 12)):
            number = draw.randint(1, 6)
            ret = a_return(
                number,
                SMALL | {"t3.r1.natural": draw.randint(3, 5)},
                code=draw.choice(("", "", "", None)),
                year=draw.choice((YEAR, YEAR, 2024)),
                round=draw.choice((0, 0, 1)),
            )
            faults = (error(),) if draw.random() < 0.2 else ()
            files.append(
                checked(None if draw.random() < 0.1 else ret, f"{at:02d}.xlsx", *faults, modified=draw.random())
            )
        known = draw.choice((None, roster(1, 2, 3, 4, outside=(5,))))
        rollup = merged(files, known, prefer_newest=draw.random() < 0.3)
        assert [each.file for each in rollup.files] == sorted(each.file for each in files)
        if known is not None:
            assert [each.code for each in rollup.bodies] == sorted(code_of(number) for number in range(1, 6))
        assert sum(each.state == "merged" for each in rollup.files) == len(rollup.merged)
        assert len({each.ret.identity.code or each.ret.identity.name for each in rollup.merged if each.ret}) == len(
            rollup.merged
        )
        counted = [each.ret.figures["t3.r1.natural"] for each in rollup.merged if each.ret is not None]
        assert rollup.figures["t3.r1.natural"] == sum(counted)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [code for code in CATALOGUE if code.startswith("MERGE_")])
def test_every_entry_is_written_in_both_languages(code: str) -> None:
    """No text of the catalogue is empty, and Chinese texts are Chinese."""
    known = CATALOGUE[code]
    assert all((known.title, known.message, known.remedy, known.title_en, known.message_en, known.remedy_en))
    assert any("一" <= each <= "龥" for each in known.remedy)


def reply_of(first: Checked, file: str, figures: Mapping[str, Number], *findings: Finding, text: str = "") -> Checked:
    """Return what came back in the reply to a file: its lineage has the mark of that file."""
    assert first.ret is not None
    ret = a_return(1, figures, round=first.ret.identity.round + 1, text=text)
    lineage = (mark_of(first.ret.content, first.sha256), *first.ret.lineage)
    return checked(replace(ret, lineage=lineage), file, *findings)


FOUR, FIVE, SIX = (SMALL | {"t3.r1.natural": value} for value in (4, 5, 6))


def test_a_reply_supersedes_what_it_was_built_from() -> None:
    """Along one line the last round counts, also where a round between is gone or the first file was saved again."""
    first = checked(a_return(1, FOUR), "a.xlsx")
    second = reply_of(first, "b.xlsx", FIVE)
    third = reply_of(second, "c.xlsx", SIX)
    whole = merged([first, second, third])
    assert states(whole) == {"a.xlsx": "superseded", "b.xlsx": "superseded", "c.xlsx": "merged"}
    saved = checked(first.ret, "a.xlsx", sha256="f" * 64)
    assert states(merged([saved, third])) == {"a.xlsx": "superseded", "c.xlsx": "merged"}
    back = reply_of(second, "c.xlsx", FOUR)
    assert states(merged([first, second, back])) == {"a.xlsx": "duplicate", "b.xlsx": "superseded", "c.xlsx": "merged"}


def test_an_old_file_changed_after_its_reply_is_to_be_decided() -> None:
    """A mended old file beside an unmended reply: both are named, and which passes.

    Where the text alone changed the figures are one version, of which the file that passes is taken.
    """
    first = checked(a_return(1, FOUR), "a.xlsx", error("a.xlsx"))
    returned = reply_of(first, "b.xlsx", FOUR, error("b.xlsx"))
    mended = checked(a_return(1, FIVE), "a（改）.xlsx")
    rollup = merged([first, returned, mended])
    assert states(rollup) == {"a.xlsx": "duplicate", "b.xlsx": "conflict", "a（改）.xlsx": "conflict"}
    (found,) = [one for one in rollup.findings if one.code == "MERGE_013"]
    assert {"t3.r1.natural"} <= set(found.items)
    assert "“a（改）.xlsx”（第 0 轮）可以上报；“b.xlsx”（第 1 轮）还有 1 处错误" in found.message
    assert not any("取代" in state.reason or state.state == "superseded" for state in rollup.files)
    other = checked(a_return(1, FOUR, text="另一段"), "a（改）.xlsx")
    assert states(merged([returned, other])) == {"b.xlsx": "duplicate", "a（改）.xlsx": "merged"}
    newest = merged([returned, replace(mended, modified=9.0)], prefer_newest=True)
    assert states(newest) == {"b.xlsx": "superseded", "a（改）.xlsx": "merged"}
    light = merged([first.light, returned.light, mended.light])
    assert states(light) == states(rollup)


def test_an_accepted_file_stays_beside_an_old_one_that_was_changed() -> None:
    """After acceptance the reply's version goes on counting; the changed old file waits, what it was made from does not."""
    first, changed = checked(a_return(1, FOUR), "a.xlsx"), checked(a_return(1, SIX), "a（改）.xlsx")
    accepted = reply_of(first, "b.xlsx", FIVE)
    standing = {code_of(1): Standing(accepted=accepted.sha256)}
    rollup = merged([first, accepted, changed], standing=standing)
    assert states(rollup) == {"a.xlsx": "superseded", "b.xlsx": "merged", "a（改）.xlsx": "conflict"}
    assert [one.code for one in rollup.findings] == ["MERGE_011"]


# One version or two, and which of them counts.


def findings_of(rollup: RollUp) -> list[tuple[str, str]]:
    return [(one.code, one.message) for one in rollup.findings]


@pytest.mark.parametrize("standing", ["", "a.xlsx"])
def test_equal_figures_with_another_text_are_one_version(standing: str) -> None:
    """The later text counts – by round, receipt, file, in this order –, said with its ground; also after acceptance."""
    one, two = checked(a_return(1, SMALL, text="甲"), "a.xlsx"), checked(a_return(1, SMALL, text="乙"), "b.xlsx")
    accepted = {code_of(1): Standing(accepted=one.sha256)} if standing else {}
    other_line = replace(a_return(1, SMALL, text="乙", round=1), lineage=("0:0",))
    for ground, files, received in (
        ("轮次在后", [replace(one, modified=9.0), replace(two, ret=other_line)], {}),
        ("收到时间在后：1970-01-01 08:00:02", [replace(one, modified=9.0), two], {one.sha256: 1.0, two.sha256: 2.0}),
        ("这次新到", [replace(one, modified=9.0), two], {one.sha256: 1.0}),
        ("修改时间在后：1970-01-01 08:00:05", [one, replace(two, modified=5.0)], {}),
        ("按文件名在后", [one, two], {}),
    ):
        rollup = merged([file.light for file in files], standing=accepted, received=received)
        assert states(rollup) == {"a.xlsx": "duplicate", "b.xlsx": "merged"}, ground
        ((code, message),) = findings_of(rollup)
        assert (code, ground in message, "文字不同" in rollup.files[0].reason) == ("MERGE_014", True, True)
    other = merged([one, replace(two, ret=a_return(1, SMALL | {"t3.r1.natural": 4}, text="乙"))])
    assert states(other) == {"a.xlsx": "conflict", "b.xlsx": "conflict"}


def test_a_later_text_that_fails_does_not_replace_one_that_passes() -> None:
    """Of equal figures the file that passes counts, whichever came later; two cells that are no figures stay apart."""
    sound = checked(a_return(1, SMALL, text="甲"), "a.xlsx")
    failing = checked(a_return(1, SMALL, text="乙"), "b.xlsx", error("b.xlsx"), modified=9)
    assert states(merged([sound, failing])) == {"a.xlsx": "merged", "b.xlsx": "duplicate"}
    about, other = (
        checked(
            a_return(1, SMALL, text=raw, answers={"t3.r1.legal": Unreadable(raw, "VALUE_012")}), f"{raw}.xlsx", error()
        )
        for raw in ("约60", "约70")
    )
    assert set(states(merged([about, other])).values()) == {"conflict"}


def test_of_equal_files_the_one_that_can_be_proved_counts() -> None:
    """An .xls copy, or one behind a password, yields to the .xlsx whatever their names; explanations weigh more."""
    for code in ("FILE_091", "FILE_092"):
        copy = checked(a_return(1, SMALL), "a.xls", finding(code, kind="xls"))
        assert states(merged([copy, checked(a_return(1, SMALL), "b.xlsx")])) == {
            "a.xls": "duplicate",
            "b.xlsx": "merged",
        }
    doubt = finding("MERGE_002", name="", count=2, files="", differing="", taken="", ground="")
    explained = checked(a_return(1, SMALL), "a.xls", finding("FILE_091", kind="xls"), replace(doubt, explained="属实"))
    rollup = merged([explained, checked(a_return(1, SMALL), "b.xlsx", doubt)])
    assert states(rollup) == {"a.xls": "merged", "b.xlsx": "duplicate"}


def test_one_version_that_passes_is_preferred_when_nothing_speaks_against_it() -> None:
    """A finding says so; what came later, waits to be filled, has a strange token or a waiver beside it is to be decided."""
    old, new = (
        checked(a_return(1, FOUR), "a.xlsx", error("a.xlsx"), modified=5),
        checked(a_return(1, FIVE), "b.xlsx", modified=9),
    )
    rollup = merged([old, new], roster(1))
    assert states(rollup) == {"a.xlsx": "superseded", "b.xlsx": "merged"}
    assert (bodies(rollup), rollup.preferred) == ({code_of(1): "mended"}, ("b.xlsx",))
    ((code, message),) = findings_of(rollup)
    assert (code, "只有这一份通过" in message, "a.xlsx”（第 0 轮）还有 1 处错误" in message) == (
        "MERGE_015",
        True,
        True,
    )
    assert "1 家有两份不一致，按其中一份计入：b.xlsx" in coverage(rollup)
    blank = finding("BLANK_001", file="b.xlsx", count=1, cells="", detail="", table="t3", items=["t3.r1.legal"])
    against = (
        [replace(old, modified=19), new],
        [replace(old, ret=replace(a_return(1, FOUR, round=1), lineage=("0:0",))), new],
        [old, replace(new, findings=(blank,))],
        [old, replace(new, trust="altered")],
        [replace(old, findings=()), new],
        [old, replace(new, findings=(error("b.xlsx"),))],
    )
    for files in against:
        assert states(merged(files)) == {"a.xlsx": "conflict", "b.xlsx": "conflict"}
    later = merged([old, new], received={old.sha256: 9.0, new.sha256: 5.0})
    assert states(later) == {"a.xlsx": "conflict", "b.xlsx": "conflict"}
    waived = merged([old, new], include_failing={code_of(1): "局长已电话核实，按第一份"})
    assert states(waived) == {"a.xlsx": "conflict", "b.xlsx": "conflict"}


def test_the_newest_goes_by_receipt_and_says_so() -> None:
    """What the ledger or the mail knows goes before the times of files; a file that it does not know is the newest."""
    one, two = checked(a_return(1, FOUR), "a.xlsx", modified=9), checked(a_return(1, FIVE), "b.xlsx", modified=5)
    for received, taken, ground in (
        ({}, "a.xlsx", "按文件的修改时间在后"),
        ({one.sha256: 1.0, two.sha256: 2.0}, "b.xlsx", "收到时间在后"),
        ({one.sha256: 1.0}, "b.xlsx", "这次新到"),
        ({one.sha256: 1.0, two.sha256: 1.0}, "a.xlsx", "按文件的修改时间在后"),
    ):
        rollup = merged([one, two], prefer_newest=True, received=received)
        assert rollup.preferred == (taken,)
        ((code, message),) = findings_of(rollup)
        assert (code, ground in message) == ("MERGE_002", True)


def test_a_body_that_sent_only_another_year_is_missing() -> None:
    """With and without a roster; beside a file of this year, of another form even, it is not."""
    old = checked(a_return(1, SMALL, year=2024), "old.xlsx")
    alone = merged([old, checked(a_return(2, SMALL), "b.xlsx")], roster(1, 2))
    assert bodies(alone) == {code_of(1): "missing", code_of(2): "passed"}
    assert coverage(alone).startswith("1/2 已报，1 家未报：样例1局；已汇总 1 份；1 份年度不符：样例1局")
    assert coverage_json(alone)["received"] == 1
    assert bodies(merged([old])) == {code_of(1): "missing"}
    form = checked(a_return(1, {}, form=load_form("2019")), "form.xlsx")
    assert bodies(merged([old, form], roster(1))) == {code_of(1): "received"}
    assert bodies(merged([old, checked(a_return(1, SMALL), "new.xlsx")], roster(1))) == {code_of(1): "passed"}
