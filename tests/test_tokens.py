"""The token of an issued template, from the key to the finding, and encrypted returns."""

from __future__ import annotations

import io
import shutil
import stat
import sys
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest

import toolkit
from tests.commands import run, worked
from tests.rollups import code_of
from tests.soaking import soak
from toolkit.errors import ToolkitError
from toolkit.roster.tokens import Key, Trust, examine, load_key, made_key, token
from toolkit.run import sources

CODES = (code_of(1), code_of(2))


def issue(folder: Path, key: Path | None) -> None:
    """Issue the templates of two bodies into 下发."""
    folder.mkdir(exist_ok=True)
    roster = folder / "名录.csv"
    lines = [f"{code},{name},县级部门,是" for code, name in zip(CODES, ("甲局", "乙局"), strict=True)]
    roster.write_text("\n".join(["统一社会信用代码,单位名称,层级,计入汇总", *lines]), encoding="utf-8-sig")
    toolkit.template(2025, folder / "下发", roster=roster, key=key)


ONE, TWO = Key(bytes(range(32))), Key(bytes(range(1, 33)))
WHOSE = {"form": "2021", "year": 2025, "code": "A"}


def of(key: Key) -> str:
    """Return the token of one template."""
    return token(key, version="1", **WHOSE)  # type: ignore[arg-type]


def test_the_same_template_has_the_same_token() -> None:
    """Issued again, a template has the token it had; another year, body, form, version or key has another."""
    assert of(ONE) == of(ONE)
    said = {"form": "2021", "version": "1", "year": 2025, "code": "A"}
    others = [said | change for change in ({"form": "2019"}, {"version": "2"}, {"year": 2026}, {"code": "B"})]
    assert len({of(ONE), of(TWO), *(token(ONE, **each) for each in others)}) == 6  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "stated", "trust"),
    [
        (ONE, of(ONE), Trust.SOUND),
        (None, of(ONE), Trust.UNVERIFIED),
        (None, "", Trust.UNVERIFIED),
        (ONE, "", Trust.MISSING),
        (ONE, of(TWO), Trust.FOREIGN),
        (ONE, of(ONE)[:-1] + ("A" if of(ONE)[-1] != "A" else "B"), Trust.ALTERED),
        (ONE, of(ONE).replace(".A.", ".B."), Trust.ALTERED),
        (ONE, "2021", Trust.ALTERED),
        (ONE, "é.é.é.é.é.é", Trust.FOREIGN),
        (ONE, of(ONE)[:-3] + "ééé", Trust.ALTERED),
        (ONE, token(ONE, form="2021", version="1", year=2025, code="B"), Trust.OTHER),
        (ONE, token(ONE, form="2021", version="1", year=2024, code="A"), Trust.OTHER),
        (ONE, token(ONE, form="2019", version="1", year=2025, code="A"), Trust.OTHER),
        (ONE, token(ONE, form="2021", version="9", year=2025, code="A"), Trust.SOUND),
    ],
)
def test_what_a_token_is_worth(key: Key | None, stated: str, trust: Trust) -> None:
    """Only the token of this key for this form, year and body is sound; every other is told apart."""
    assert examine(key, stated, **WHOSE) is trust  # type: ignore[arg-type]


def test_a_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """A key is made where there is none, readable by its owner alone, and the same when it is asked for again."""
    path = tmp_path / "密钥"
    key = made_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert made_key(path) == load_key(path) == key
    assert list(tmp_path.iterdir()) == [path]
    assert made_key(tmp_path / "another") != key
    assert repr(key) == f"Key({key.mark})"


@pytest.mark.parametrize("text", ["", "nianbao-key-1 ####", "nianbao-key-1 QUJD", "nianbao-key-2 " + "QQ" * 22])
def test_what_is_no_key_is_refused(text: str, tmp_path: Path) -> None:
    """A file that holds no key is refused and stays as it was."""
    path = tmp_path / "密钥"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ToolkitError, match="不是密钥文件"):
        made_key(path)
    assert path.read_text() == text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """A key with mode 640 is refused with what to type."""
    path = tmp_path / "密钥"
    made_key(path)
    path.chmod(0o640)
    with pytest.raises(ToolkitError, match="chmod 600"):
        load_key(path)


def test_a_missing_key_is_refused(tmp_path: Path) -> None:
    """A key that is not there is named; a key in a folder that is not there cannot be made."""
    with pytest.raises(ToolkitError, match="打不开"):
        load_key(tmp_path / "none")
    with pytest.raises(ToolkitError, match="文件夹不存在"):
        made_key(tmp_path / "none" / "key")


@pytest.fixture
def season(tmp_path: Path) -> Path:
    """Issue templates with a key into 下发, fill the first body's and put it into 收到."""
    issue(tmp_path, key=tmp_path / "密钥")
    (tmp_path / "收到").mkdir()
    for path in (tmp_path / "下发").iterdir():
        if path.name.startswith(CODES[0]):
            book = openpyxl.load_workbook(path)
            for name in ("NB_t3_r1_natural", "NB_t3_r3_1_natural"):
                sheet, cell = next(book.defined_names[name].destinations)
                book[sheet][cell] = 2
            book.save(tmp_path / "收到" / "财政局.xlsx")
    return tmp_path


def codes(folder: Path, **options: object) -> list[str]:
    """Return the ID_03x codes of a check of 收到, with the trust of each file."""
    checked = toolkit.check(folder / "收到", **options)  # type: ignore[arg-type]
    return [one.trust for one in checked] + [
        each.code for one in checked for each in one.findings if each.code.startswith("ID_03")
    ]


def test_an_issued_return_is_verified(season: Path) -> None:
    """With the key it is sound, without one unverified and no finding, with another key it was issued elsewhere."""
    made_key(season / "别的")
    assert codes(season, key=season / "密钥") == ["sound"]
    assert codes(season) == ["unverified"]
    assert codes(season, key=season / "别的") == ["foreign", "ID_033"]


@soak
def test_a_return_that_was_not_issued_waits(season: Path, tmp_path: Path) -> None:
    """A return in a blank is held back when a key is in use, and merged only with a reason."""
    issue(tmp_path / "ohne", key=None)
    (source,) = [path for path in (tmp_path / "ohne" / "下发").iterdir() if path.name.startswith(CODES[1])]
    book = openpyxl.load_workbook(source)
    sheet, cell = next(book.defined_names["NB_t3_r1_natural"].destinations)
    book[sheet][cell] = 0
    book.save(season / "收到" / "教育局.xlsx")
    assert codes(season, key=season / "密钥") == ["missing", "sound", "ID_031"]
    held = toolkit.merge(season / "收到", key=season / "密钥", output=season / "汇总.xlsx")
    assert [each.ret.identity.code for each in held.merged if each.ret is not None] == [CODES[0]]
    taken = toolkit.merge(season / "收到", key=season / "密钥", include_failing={CODES[1]: "电话核实，系统故障漏报"})
    assert len(taken.merged) == 2


def test_a_neighbours_template_is_named(season: Path) -> None:
    """A template issued to another body whose marks were rewritten to one's own is named with both."""
    for path in (season / "下发").iterdir():
        if path.name.startswith(CODES[1]):
            book = openpyxl.load_workbook(path)
            theirs = next(row[1].value for row in book["_meta"].iter_rows() if row[0].value == "token")
    path = season / "收到" / "财政局.xlsx"
    book = openpyxl.load_workbook(path)
    for row in book["_meta"].iter_rows():
        if row[0].value == "token":
            row[1].value = theirs
    book.custom_doc_props["nianbao.token"].value = theirs
    book.defined_names["NIANBAO_TOKEN"].attr_text = f'"{theirs}"'
    book.save(path)
    (checked,) = toolkit.check(path, key=season / "密钥")
    (told,) = [each for each in checked.findings if each.code == "ID_034"]
    assert CODES[1] in told.message
    assert checked.trust == "other"


def test_the_commands_take_the_key(season: Path) -> None:
    """The reply carries a token, the terminal says what was verified, and without a key that nothing was."""
    key = season / "密钥"
    done = worked("check", season / "收到", "--key", key, "-o", season / "退回")
    assert "下发标识：已核验 1。" in done.out + done.err
    plain = worked("check", season / "收到")
    assert "未核验" in plain.out + plain.err
    (reply,) = [path for path in (season / "退回").iterdir() if path.name.startswith(CODES[0])]
    shutil.copy(reply, season / "收到" / "财政局.xlsx")
    assert codes(season, key=season / "密钥") == ["sound"]
    said = openpyxl.load_workbook(reply)["封面"]
    assert any(str(row[1].value).startswith("下发标识：2021.") for row in said.iter_rows(min_row=20))
    assert run("template", "--year", "2025", "--key", key, "-o", season / "x").code == 2


def locked(path: Path, password: str) -> None:
    """Encrypt a workbook in place."""
    inside = io.BytesIO(path.read_bytes())
    with path.open("wb") as file:
        msoffcrypto.OfficeFile(inside).encrypt(password, file)


@soak
def test_an_encrypted_return_opens_with_its_password(season: Path, tmp_path: Path) -> None:
    """Read alike with the right password among several, named without one or with wrong ones."""
    path = season / "收到" / "财政局.xlsx"
    (plain,) = toolkit.read(path)
    locked(path, "财政2025")
    before = path.read_bytes()
    (opened,) = toolkit.read(path, passwords=("wrong", "财政2025"))
    assert opened.ret is not None
    assert plain.ret is not None
    assert opened.ret.answers == plain.ret.answers
    assert [each.code for each in opened.findings if each.code not in {one.code for one in plain.findings}] == [
        "FILE_092"
    ]
    assert [each.code for each in toolkit.read(path)[0].findings] == ["FILE_010"]
    assert [each.code for each in toolkit.read(path, passwords=("a", "b"))[0].findings] == ["FILE_023"]
    (tmp_path / "密码.txt").write_text("wrong\n财政2025\n", encoding="utf-8-sig")
    assert "FILE_092" in worked("check", path, "--password-file", tmp_path / "密码.txt").out
    assert path.read_bytes() == before


def test_excels_own_password_needs_no_asking(season: Path) -> None:
    """A book that Excel opens without asking opens here too."""
    path = season / "收到" / "财政局.xlsx"
    locked(path, "VelvetSweatshop")
    assert toolkit.read(path)[0].ret is not None


def test_password_files_are_refused_when_they_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file, one of another encoding, one with too many, and a missing library are one line each."""
    path = tmp_path / "密码.txt"
    with pytest.raises(ToolkitError, match="读不了"):
        sources.load_passwords(path)
    path.write_bytes("密码".encode("gbk"))
    with pytest.raises(ToolkitError, match="UTF-8"):
        sources.load_passwords(path)
    path.write_text("\n".join(map(str, range(51))))
    with pytest.raises(ToolkitError, match="最多 50 个"):
        sources.load_passwords(path)
    path.write_text("\n".join(map(str, range(50))))
    assert len(sources.load_passwords(path)) == 50
    monkeypatch.setattr(sources, "opens_encrypted", lambda: False)
    with pytest.raises(ToolkitError, match=r"nianbao\[crypto\]"):
        sources.load_passwords(path)
