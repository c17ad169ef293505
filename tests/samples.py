"""Write ``filled/`` (the sample county, the real 2019 return) and ``blank_templates/``: ``python -m tests.samples``.

The county, its bodies and their figures are made up; each faulty return carries one important fault. The codes are
well-formed (GB 32100) but belong to nobody. The 2019 return has the published figures of a real one, as typed.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

from toolkit.answers import Answer, Filled, Number, Unreadable
from toolkit.forms import Form, load_form
from toolkit.returns import Identity, Return
from toolkit.roster import check_character
from toolkit.workbook import Filling, Text, write
from toolkit.workbook.issuing import blank as blank_of
from toolkit.workbook.issuing import carried
from toolkit.workbook.rosters import roster_bytes

FOLDER = Path(__file__).parent.parent / "filled"
REGION = "样例县"
COUNTY = FOLDER / REGION

# number, short, name, level, in the roll-up
BODIES = (
    ("01", "财政局", "样例县财政局", "县级部门", True),
    ("02", "教育局", "样例县教育局", "县级部门", True),
    ("03", "公安局", "样例县公安局", "县级部门", True),
    ("04", "自然资源局", "样例县自然资源局", "县级部门", True),
    ("05", "卫健局", "样例县卫生健康局", "县级部门", True),
    ("06", "住建局", "样例县住房和城乡建设局", "县级部门", True),
    ("07", "农业农村局", "样例县农业农村局", "县级部门", True),
    ("08", "城关镇", "样例县城关镇人民政府", "乡镇", True),
    ("09", "东河乡", "样例县东河乡人民政府", "乡镇", True),
    ("10", "西山镇", "样例县西山镇人民政府", "乡镇", True),
    ("11", "市场监管局", "样例县市场监督管理局", "县级部门", True),
    ("12", "司法局", "样例县司法局", "县级部门", True),
    ("13", "统计局", "样例县统计局", "县级部门", True),
    ("14", "气象局", "样例县气象局", "垂直管理单位", False),
    ("15", "交易中心", "样例县公共资源交易中心", "县级事业单位", True),
)
COLUMNS = ("natural", "enterprise", "research", "nonprofit", "legal", "other")


# What the bodies write without figures, in even and in odd years: text that repeats last year's is a finding.
MANAGED = (
    (
        "落实公开前审查和保密审查制度，定期清理已公开的信息。",
        "依托县政府门户网站公开专栏发布信息，及时更新机构职能和办事指南。",
        "明确一名分管负责人和专人办理，全年组织业务培训一次。",
    ),
    (
        "对拟公开的信息逐条审查并留存记录，全面核对了历年公开的文件是否仍然有效。",
        "公开专栏按新的目录作了调整，合并重复栏目，补齐了办事指南的附件。",
        "把政务公开纳入科室年度考核，邀请服务对象评议，意见逐项办理。",
    ),
)
PROBLEMS = (
    ("政策解读形式较为单一，个别栏目更新不够及时", "增加图解和问答形式的解读，建立栏目更新月查制度"),
    (
        "依申请公开答复文书不够规范，部分信息公开后没有随政策变化更新",
        "统一答复文书样式，文件修改或废止后五个工作日内更新公开内容",
    ),
)


def code_of(number: str) -> str:
    """Return the made-up but well-formed code of a body."""
    body = f"11999999SAMP{number}00X"[:17].replace("S", "5")
    return body + check_character(body)


def sound(form: Form, seed: int, size: int, before: Return | None) -> dict[str, Number]:
    """Return figures that keep every rule: ``size`` is about how many applications came in."""
    draw = random.Random(seed)
    figures: dict[str, Number] = dict.fromkeys(form.inputs, 0)
    results = [row.code for row in form.table("t3").rows if row.code.startswith("r3") and row.code != "r3_7"]
    common = ["r3_1", "r3_1", "r3_1", "r3_2", "r3_4_1", "r3_4_1", "r3_5_1", results[-1]]
    carry = {} if before is None else {key: answer.value for key, answer in carried(form, before).items()}  # type: ignore[union-attr]
    for column, share in zip(COLUMNS, (0.8, 0.12, 0.0, 0.02, 0.04, 0.02), strict=True):
        new = round(size * share)
        old = (
            int(carry.get(f"t3.r2.{column}", 0))
            if before is not None
            else (1 if column == "natural" and size > 20 else 0)
        )
        figures[f"t3.r1.{column}"], figures[f"t3.r2.{column}"] = new, old
        left = min(new + old, draw.choice((0, 0, 1, 2))) if column == "natural" else 0
        figures[f"t3.r4.{column}"] = left
        for _ in range(new + old - left):
            row = draw.choice(common if draw.random() < 0.9 else [each for each in results if each != "r3_6_2"])
            figures[f"t3.{row}.{column}"] = figures[f"t3.{row}.{column}"] + 1  # type: ignore[assignment]
    if size > 20:
        figures["t4.review.upheld"] = draw.randint(1, 4)
        figures["t4.review.corrected"] = draw.randint(0, 2)
        figures["t4.suit_direct.upheld"] = draw.randint(0, 2)
        figures["t4.review.pending"] = 1
    held = 0 if before is None else before.figures.get("t2.normative.in_force", 0) or 0
    issued = draw.randint(1, 4) if size > 5 else 0
    repealed = min(int(held), draw.randint(0, 1))
    figures["t2.normative.issued"], figures["t2.normative.repealed"] = issued, repealed
    figures["t2.normative.in_force"] = (
        int(held) + issued - repealed if before is not None else issued + draw.randint(5, 20)
    )
    figures["t2.licensing.decisions"] = size * 37
    figures["t2.penalty.decisions"] = size * 11
    figures["t2.coercion.decisions"] = size // 4
    figures["t2.fees.amount"] = Decimal(size * 12345) / 10000
    return {code: figures[code] for code in form.inputs}


def chapters(name: str, year: int, figures: Mapping[str, Number | None]) -> dict[str, tuple[Text, ...]]:
    """Return text that agrees with the figures."""
    new, done, held = figures["t3.r1.total"], figures["t3.r3_7.total"], figures["t3.r4.total"]
    heads = ("（一）主动公开", "（二）依申请公开", "（三）政府信息管理", "（四）政府信息公开平台建设", "（五）监督保障")
    codes = (("制发行政规范性文件", "issued"), ("废止", "repealed"), ("现行有效", "in_force"))
    listed = [f"{word}{figures[f't2.normative.{code}']}件" for word, code in codes if f"t2.normative.{code}" in figures]
    documents = f"，全年{'，'.join(listed)}" if listed else ""
    said = (
        f"{year}年，{name}按照《中华人民共和国政府信息公开条例》做好主动公开工作{documents}。",
        f"全年新收政府信息公开申请{new}件，办结{done}件，结转下年度继续办理{held}件。",
        *MANAGED[year % 2],
    )
    return {
        "一": tuple(Text(head, text) for head, text in zip(heads, said, strict=True)),
        "五": (
            Text("", f"存在的主要问题：{PROBLEMS[year % 2][0]}。"),
            Text("", f"改进情况：{PROBLEMS[year % 2][1]}。"),
        ),
        "六": (Text("", f"{year}年度未收取政府信息公开信息处理费，无其他需要报告的事项。"),),
    }


def workbook(
    form: Form,
    year: int,
    body: tuple[str, str, str, str, bool],
    figures: Mapping[str, Number],
    *,
    typed: Mapping[str, str] | None = None,
    blank: tuple[str, ...] = (),
    declared: tuple[str, ...] = (),
    text: bool = True,
) -> bytes:
    """Return the workbook that a body sends in: its issued template, filled."""
    number, _, name, level, _ = body
    answers: dict[str, Answer] = {
        key: Filled(value) for key, value in figures.items() if key not in blank and key.split(".")[0] not in blank
    }
    answers |= {key: Unreadable(value, "") for key, value in (typed or {}).items()}
    whole = form.complete(dict(figures))
    return write(
        Filling(
            form,
            year,
            kind="issued",
            code=code_of(number),
            name=name,
            level=level,
            region=REGION,
            cover={"preparer": "（填报人）", "reviewer": "（审核人）", "head": "（负责人）", "phone": "0000-0000000"},
            answers=answers,
            declared=frozenset(declared),
            text=chapters(name, year, whole) if text else {},
        )
    )


def roster_of(count: int, address: Callable[[int], str] = lambda _: "") -> bytes:
    """Return the roster of the first bodies; ``address`` gives each its mailbox."""
    rows = [
        [code_of(number), name, short, level, address(at), "是" if counted else "否", "", "", ""]
        for at, (number, short, name, level, counted) in enumerate(BODIES[:count])
    ]
    return roster_bytes(REGION, rows)


def county(folder: Path) -> None:
    """Write the sample county: its roster, and the returns of 2024 and 2025."""
    form = load_form("2021")
    _write(folder / "名录.xlsx", roster_of(len(BODIES)))
    sizes = (36, 52, 88, 64, 40, 72, 28, 12, 9, 0, 30, 6, 5, 3, 2)
    for at, (body, size) in enumerate(zip(BODIES, sizes, strict=True)):
        number, short = body[0], body[1]
        old = sound(form, 2024 * 100 + at, size, None)
        _write(folder / "2024" / f"{short}2024年报.xlsx", workbook(form, 2024, body, old))
        before = Return(form, _identity(body), {key: Filled(value) for key, value in old.items()})
        new = sound(form, 2025 * 100 + at, size + (size // 8), before)
        _faulty(folder / "2025", form, body, number, short, new)


def _identity(body: tuple[str, str, str, str, bool]) -> Identity:
    return Identity("2021", 2024, code_of(body[0]), body[2], body[3], REGION)


def _faulty(
    folder: Path, form: Form, body: tuple[str, str, str, str, bool], number: str, short: str, new: dict[str, Number]
) -> None:
    """Write one body's 2025 file(s), with the fault that this body stands for."""
    name = f"{short}2025年报.xlsx"
    if number == "01":  # sound, and sent twice under two names
        data = workbook(form, 2025, body, new)
        _write(folder / name, data)
        _write(folder / "财政局年报(最终)(1).xlsx", data)
    elif number == "03":  # I1: one application lost
        new["t3.r1.natural"] = int(new["t3.r1.natural"]) + 1
        _write(folder / name, workbook(form, 2025, body, new))
    elif number == "04":  # X1: what came over from last year does not agree; I1 still does
        new["t3.r2.natural"] = int(new["t3.r2.natural"]) + 2
        new["t3.r4.natural"] = int(new["t3.r4.natural"]) + 2
        _write(folder / name, workbook(form, 2025, body, new))
    elif number == "05":  # units, full-width digits, a slash
        typed = {"t2.fees.amount": "14.4万元", "t2.coercion.decisions": "１０", "t2.rules.issued": "/"}
        _write(folder / name, workbook(form, 2025, body, new, typed=typed))
    elif number == "06":  # X2: stock of normative documents
        new["t2.normative.in_force"] = int(new["t2.normative.in_force"]) + 5
        _write(folder / name, workbook(form, 2025, body, new))
    elif number == "07":  # two versions that differ
        _write(folder / name, workbook(form, 2025, body, new))
        _write(
            folder / "农业农村局2025年报（改）.xlsx", workbook(form, 2025, body, new | {"t2.licensing.decisions": 999})
        )
    elif number == "08":  # C2: a township has no 规章
        new["t2.rules.in_force"] = 6
        _write(folder / name, workbook(form, 2025, body, new))
    elif number == "09":  # nothing filled at all
        _write(folder / name, workbook(form, 2025, body, new, blank=("t2", "t3", "t4"), text=False))
    elif number == "10":  # sound: blanks declared zero
        _write(folder / name, workbook(form, 2025, body, new, blank=("t3", "t4"), declared=("t3", "t4")))
    elif number == "11":  # last year's file came again
        shutil.copyfile(folder.parent / "2024" / f"{short}2024年报.xlsx", folder / name)
    elif number == "12":  # a word where a number should be
        _write(folder / name, workbook(form, 2025, body, new, typed={"t2.penalty.decisions": "约60"}))
    elif number != "13":  # 13 is silent
        _write(folder / name, workbook(form, 2025, body, new))


SEED = {
    "t2.rules.made": 0, "t2.normative.made": 6, "t2.licensing.last_year": 0, "t2.services.last_year": 0,
    "t2.penalty.last_year": 0, "t2.fees.last_year": 0, "t2.procurement.projects": 13,
}  # fmt: skip


def seed(folder: Path) -> None:
    """Write the real 2019 return: its eight typed figures, everything else blank, text in our own words."""
    form = load_form("2019")
    answers: dict[str, Answer] = {key: Filled(value) for key, value in SEED.items()}
    answers["t2.procurement.amount"] = Unreadable("14.4万元", "")
    heads = ("（一）主动公开", "（四）政府信息公开平台建设", "（五）监督保障")
    said = (
        "2019年，中心通过各种方式公开政府信息85条，其中微信公众号发布62条、政府网站发布23条。",
        "建设公共资源交易网，实现信息公开、电子化监管和服务平台对接，全流程网上办理。",
        "成立政务公开领导小组，落实公开前保密审查；全年承办人大评议和政协提案0件。",
    )
    filling = Filling(
        form,
        2019,
        kind="issued",
        code="12370830684820666X",
        name="汶上县公共资源交易中心",
        level="县级事业单位",
        region="汶上县",
        answers=answers,
        text={
            "一": tuple(Text(head, text) for head, text in zip(heads, said, strict=True)),
            "六": (Text("", "（文字描述）"),),
        },
    )
    _write(folder / "公共资源交易中心2019年报.xlsx", write(filling))


BLANKS = Path(__file__).parent.parent / "blank_templates"
BLANK_YEARS = (("2019", 2020), ("2021", 2026))


def blanks(folder: Path) -> None:
    """Write the two committed blanks."""
    for form, year in BLANK_YEARS:
        name, data = blank_of(load_form(form), year)
        _write(folder / name, data)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def main() -> None:
    """Write everything anew."""
    for name in ("样例县", "真实-2019"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
    county(COUNTY)
    seed(FOLDER / "真实-2019")
    blanks(BLANKS)


if __name__ == "__main__":
    main()
