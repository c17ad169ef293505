"""A season's 收件 in the ways of real folders: eighty files against a roster of 82, each with the state it must have."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msoffcrypto
import openpyxl

from tests.incoming import archive
from tests.office import SOFFICE, convert
from tests.samples import REGION, code_of, sound, workbook
from toolkit import merging
from toolkit.answers import Number
from toolkit.forms import Form, load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import COVER
from toolkit.returns import Checked, Region
from toolkit.run import Job, run
from toolkit.workbook import Filling, write
from toolkit.workbook.reply import reply
from toolkit.workbook.rollup import write_rollup
from toolkit.workbook.rosters import roster_bytes

YEAR = 2025
AS_OF = "2026-02-06"
FORM = load_form("2021")
REVIEW = "审核意见"
REASON = "本单位无规章制定权，该格不适用"
PASSWORD = "年报2025"
REGION_CODE = code_of("00")
BIRTH = 1_769_000_000
"""The time stamp of the first file; each further one is a minute later."""


def _words(line: str) -> list[str]:
    return line.split()


_OFFICES = _words(
    "财政局 教育局 公安局 自然资源局 卫生健康局 住房和城乡建设局 农业农村局 市场监督管理局 司法局 统计局 审计局 民政局 水利局 "
    "林业局 商务局 发展和改革局 工业和信息化局 科学技术局 人力资源和社会保障局 交通运输局 文化和旅游局 应急管理局 退役军人事务局 "
    "医疗保障局 行政审批服务局 综合行政执法局 信访局 国有资产监督管理局 乡村振兴局 能源局 地方金融监督管理局 体育局 档案局 粮食和物资储备局 "
    "投资促进局 城市管理局 大数据局 机关事务服务中心 公共资源交易中心 住房公积金管理中心 不动产登记中心 供销合作社 气象局 税务局 "
    "消防救援大队 烟草专卖局 邮政管理局 海事处 园林绿化中心 疾病预防控制中心"
)
_TOWNS = _words(
    "城关 东河 西山 南湖 北岭 柳林 石桥 白塔 青龙 黄庄 马家 双河 大营 小寨 龙泉 凤台 金沙 银坪 平安 太和 永丰 长乐 新兴 红旗 清水 "
    "高坪 土门 三汇 五里 七星 九江 天池"
)
NAMES = [f"样例县{each}" for each in _OFFICES] + [f"样例县{each}镇人民政府" for each in _TOWNS]
OUTSIDE = ("气象局", "税务局")
ENDED = "供销合作社"

Body = tuple[str, str, str, str, bool]


def body(name: str) -> Body:
    """Return a body of the roster by its name without the county's, as ``tests.samples`` has bodies."""
    full = next(each for each in NAMES if each[3:].removesuffix("镇人民政府") == name)
    level = "乡镇" if full.endswith("镇人民政府") else "县级部门"
    return f"{NAMES.index(full) + 1:02d}", name, full, level, name not in OUTSIDE


def code(name: str) -> str:
    """Return the code of a body by its name without the county's."""
    return code_of(body(name)[0])


def roster_rows() -> list[list[str]]:
    """Return the 82 rows of the roster; one body ended the year before."""
    rows = []
    for name in [*_OFFICES, *_TOWNS]:
        _, short, full, level, counted = body(name)
        last = str(YEAR - 1) if name == ENDED else ""
        rows.append([code(name), full, short, level, "", "是" if counted else "否", "", last, ""])
    return rows


@dataclass
class Folder80:
    """The folder and what must come of it: per file its state and the gist of the reason, per body its state."""

    inbox: Path
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    bodies: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, data: bytes, state: str, gist: str = "", *, whose: str = "") -> Path:
        """Write a file; ``whose`` is the body under which it must stand."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if state == "skipped":
            self.skipped.append(name)
        else:
            self.files[name] = (state, gist)
            self.names[name] = code(whose) if whose else ""
        stamped = BIRTH + 60 * (len(self.files) + len(self.skipped))
        os.utime(path, (stamped, stamped))
        return path

    def of(self, name: str, state: str) -> None:
        """Say in which state a body must be."""
        self.bodies[code(name)] = state


def figures_of(name: str, size: int | None = None, **changes: Number) -> dict[str, Number]:
    """Return a body's sound figures; ``changes`` are set with ``__`` for the dot of an item."""
    number = int(body(name)[0])
    found = sound(FORM, 7000 + number, (number * 7) % 40 + 3 if size is None else size, None)
    return found | {key.replace("__", "."): value for key, value in changes.items()}


def sent(
    name: str, *, form: Form = FORM, year: int = YEAR, figures: Mapping[str, Number] | None = None, **more: object
) -> bytes:
    """Return the issued template that a body filled, sound unless told otherwise."""
    return workbook(form, year, body(name), figures_of(name) if figures is None else figures, **more)  # type: ignore[arg-type]


def broken(name: str) -> dict[str, Number]:
    """Return figures in which one application is lost (I1)."""
    found = figures_of(name)
    return found | {"t3.r1.natural": int(found["t3.r1.natural"]) + 1}


def checked(path: Path) -> Checked:
    """Return a file read and checked by itself."""
    (one,) = run(Job((path,), year=YEAR)).checked
    return one


def typed(data: bytes, cells: Mapping[tuple[str, str], object]) -> bytes:
    """Return a workbook into which another program typed values."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value  # type: ignore[index]
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def place(item: str) -> tuple[str, str]:
    """Return sheet and cell of an item."""
    layout = lay_out(FORM)
    return layout.cell(item)[0], layout.address(item)


def covered(data: bytes, **fields: object) -> bytes:
    """Return a workbook with fields of the cover typed by hand."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for key, value in fields.items():
        row = COVER.cells[key][0]
        book[COVER.name].cell(row + 1, COVER.value_column + 1).value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def replied(path: Path) -> bytes:
    """Return our reply to a file."""
    data = reply(checked(path))
    assert data is not None
    return data


def explained(data: bytes, reason: str) -> bytes:
    """Return a reply in which every warning's reason is written in 审核意见."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book[REVIEW]
    for row in range(4, sheet.max_row + 1):
        if sheet.cell(row, 3).value:
            sheet.cell(row, 9).value = reason
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def encrypted(data: bytes) -> bytes:
    """Return a workbook with a password to open it."""
    stream = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(data)).encrypt(PASSWORD, stream)
    return stream.getvalue()


def other_workbook() -> bytes:
    """Return a workbook of something else."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (("姓名", "工资"), ("甲", 5000), ("乙", 5200)):
        sheet.append(line)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def own_rollup(path: Path) -> bytes:
    """Return an earlier roll-up of the region, of one return."""
    done = merging.merge([checked(path)], YEAR, None, Region(REGION, REGION_CODE), as_of="2026-01-20")
    return write_rollup(done)


SOUND = [each for each in _OFFICES if each not in (*OUTSIDE, ENDED)][:35]
"""Bodies that send one sound return and nothing else."""
_WAYS = (
    "{0}2025年报.xlsx", "样例县{0}（盖章）.xlsx", "{0}年报(最终)(1).xlsx", "部门/{0} 2025 年度 年报表.xlsx", "乡镇（一）/{0}.XLSX",
    "{0}-政府信息公开年报 定稿2.xlsx", "新建文件夹/新建文件夹 (2)/2025年报（{0}）.xlsx", "【{0}】年报.xlsx",
)  # fmt: skip


def build(folder: Path, scratch: Path) -> Folder80:
    """Write the roster beside 收件 and the eighty files into it; without LibreOffice the three it saves are left out."""
    inbox = folder / "收件"
    inbox.mkdir(parents=True)
    scratch.mkdir(parents=True)
    made = Folder80(inbox)
    for name in [*_OFFICES, *_TOWNS]:
        made.of(name, "missing")
    (folder / "名录.xlsx").write_bytes(roster_bytes(REGION, roster_rows()))
    for at, name in enumerate(SOUND):
        made.add(_WAYS[at % len(_WAYS)].format(name), sent(name), "merged", whose=name)
        made.of(name, "passed")
    _faulty(made)
    _doubtful(made, scratch)
    _twice(made)
    _rounds(made, scratch)
    _past(made)
    _formats(made, scratch)
    _strangers(made)
    _identities(made, scratch)
    return made


def _faulty(made: Folder80) -> None:
    for name, data, gist in (
        ("柳林", sent("柳林", figures=broken("柳林")), "I1"),
        ("石桥", sent("石桥", typed={"t2.penalty.decisions": "约60"}), "VALUE_"),
        ("白塔", sent("白塔", figures=figures_of("白塔", t2__rules__in_force=6)), "C2"),
        ("黄庄", typed(sent("黄庄"), {place("t3.r1.total"): 99999}), "FORM_"),
        ("马家", sent("马家", figures=figures_of("马家", t4__review__upheld=-3)), "VALUE_"),
    ):
        made.add(f"有错/{name}镇年报.xlsx", data, "failing", gist, whose=name)
        made.of(name, "received")


def _doubtful(made: Folder80, scratch: Path) -> None:
    """Let one body explain its blank in the reply and its neighbour not: both count, one with a doubt."""
    for name, reason in (("双河", REASON), ("大营", "")):
        path = scratch / f"{name}.xlsx"
        path.write_bytes(sent(name, blank=("t2.rules.issued",)))
        data = replied(path)
        made.add(f"{name} 存疑.xlsx", explained(data, reason) if reason else data, "merged", whose=name)
        made.of(name, "passed")


def _twice(made: Folder80) -> None:
    data = sent("小寨")
    made.add("小寨镇年报 - 副本.xlsx", data, "merged", whose="小寨")  # of equal ones the first by name counts
    made.add("小寨镇年报.xlsx", data, "duplicate", "内容相同", whose="小寨")
    made.of("小寨", "passed")
    data = sent("龙泉")
    made.add("龙泉/1.xlsx", data, "merged", whose="龙泉")
    made.add("龙泉/2 另存为.xlsx", typed(data, {}), "duplicate", "内容相同", whose="龙泉")
    made.of("龙泉", "passed")
    for at, count in enumerate((998, 999)):
        data = sent("凤台", figures=figures_of("凤台", t2__licensing__decisions=count))
        made.add(f"凤台镇年报{'（改）' * at}.xlsx", data, "conflict", "不一致", whose="凤台")
    made.of("凤台", "received")


def _rounds(made: Folder80, scratch: Path) -> None:
    """Add a round-1 reply that mends, and its near miss that does not."""
    for name, mends in (("金沙", 1), ("银坪", 2)):
        figures = broken(name)
        first = made.add(f"{name}镇.xlsx", sent(name, figures=figures), "superseded", "第 1 轮", whose=name)
        back = typed(replied(first), {place("t3.r1.natural"): int(figures["t3.r1.natural"]) - mends})
        state = ("merged", "") if mends == 1 else ("failing", "I1")
        made.add(f"{name}镇（已改）(1).xlsx", back, *state, whose=name)
        made.of(name, "mended" if mends == 1 else "received")


def _past(made: Folder80) -> None:
    made.add("平安镇2025年报.xlsx", sent("平安", year=YEAR - 1), "wrong_year", "2024 年度", whose="平安")
    made.of("平安", "missing")
    old = load_form("2019")
    figures = dict.fromkeys(old.inputs, 0)
    made.add(
        "太和镇.xlsx", sent("太和", form=old, figures=figures, text=False), "wrong_form", "2019 年格式", whose="太和"
    )
    made.of("太和", "received")


def _formats(made: Folder80, scratch: Path) -> None:
    """Add what other programs save; .et is what WPS calls an .xls."""
    if SOFFICE is not None:
        for kind, suffixes in (("xls", {"永丰": "xls", "长乐": "et"}), ("ods", {"新兴": "ods"})):
            for name in suffixes:
                (scratch / f"{name}.xlsx").write_bytes(sent(name))
            saved = convert([scratch / f"{name}.xlsx" for name in suffixes], kind, scratch / kind)
            for (name, suffix), path in zip(suffixes.items(), saved, strict=True):
                made.add(f"{name}镇年报.{suffix}", path.read_bytes(), "merged", whose=name)
                made.of(name, "passed")
    zipped = archive(
        {f"{name}镇2025年报.xlsx": sent(name) for name in ("红旗", "清水")}, codec="gbk"
    )  # their bodies stay silent until the archive is unpacked or collected
    made.add("红旗清水两镇年报.zip", zipped, "not_ours", "压缩包")


def _strangers(made: Folder80) -> None:
    docx = archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})
    whole = sent("高坪")
    for name, data, state, gist in (
        ("高坪镇年报.docx", docx, "not_ours", "Word"),
        ("高坪镇年报 扫描.pdf", b"%PDF-1.4\n%%EOF\n", "not_ours", "PDF"),
        ("微信图片_20260120.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "not_ours", "图片"),
        ("说明.txt", "见附件".encode(), "not_ours", "文本"),
        ("工资表.xlsx", other_workbook(), "not_ours", "年报"),
        ("空.xlsx", b"", "unreadable", "空"),
        ("高坪镇年报（没传完）.xlsx", whole[: len(whole) // 2], "unreadable", "损坏"),
        ("高坪镇年报（加密）.xlsx", encrypted(whole), "unreadable", "密码"),
        ("~$财政局2025年报.xlsx", b"\x05user", "skipped", ""),
        (".~lock.教育局2025年报.xlsx#", b",user,host", "skipped", ""),
        (".DS_Store", b"\0\0\0\1Bud1", "skipped", ""),
        ("部门/Thumbs.db", b"\xd0\xcf\x11\xe0", "skipped", ""),
    ):
        made.add(name, data, state, gist)


def _identities(made: Folder80, scratch: Path) -> None:
    unnamed = write(Filling(FORM, YEAR))
    made.add("年报.xlsx", unnamed, "no_identity", "没有写明")
    made.add("年报 (2).xlsx", covered(unnamed, name=body("土门")[2]), "failing", "BLANK_", whose="土门")
    made.of("土门", "received")
    by_name = covered(sent("三汇"), code="")
    made.add("三汇镇.xlsx", by_name, "merged", whose="三汇")
    made.of("三汇", "passed")
    stranger = ("95", "外地局", "外地县财政局", "县级部门", True)
    data = workbook(FORM, YEAR, stranger, figures_of("财政局"))
    made.add("外地局.xlsx", data, "not_on_roster", "不在 2025 年度名录")
    made.names["外地局.xlsx"] = code_of("95")
    made.add("供销社.xlsx", sent(ENDED), "not_on_roster", "本年度不要求报送", whose=ENDED)
    made.of(ENDED, "not_expected")
    made.add("气象局.xlsx", sent("气象局"), "not_in_rollup", "不计入汇总", whose="气象局")
    made.of("气象局", "passed")
    made.add("税务局.xlsx", sent("税务局", figures=broken("税务局")), "not_in_rollup", "1 处错误", whose="税务局")
    made.of("税务局", "received")
    issued = covered(sent("五里"), name=body("七星")[2])  # the template itself says whose it is
    made.add("七星镇（用了五里的表）.xlsx", issued, "failing", "ID_002", whose="五里")
    made.of("五里", "received")
    by_hand = covered(unnamed, name=body("九江")[2], code=code("天池"))
    made.add("九江镇（代码抄错）.xlsx", by_hand, "no_identity", "另一单位", whose="天池")
    made.of("天池", "received")
    path = scratch / "汇总来源.xlsx"
    path.write_bytes(sent("财政局"))
    made.add("样例县汇总（上周）.xlsx", own_rollup(path), "not_in_rollup", "自己的汇总表")
    made.names["样例县汇总（上周）.xlsx"] = REGION_CODE
