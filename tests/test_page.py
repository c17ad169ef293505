"""The page in a real browser: the same answers as the commands, without a request, whatever is dropped on it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import test_own_form as own_form
from tests.browser import CHROMIUM, requires_chromium
from tests.commands import run
from tests.firefox import firefox, requires_firefox
from tests.hostile import xml as hostile
from tests.npm import AXE, NPM, REQUIRED, fetched, requires_npm
from tests.samples import COUNTY
from tests.soaking import soak
from toolkit import reading
from toolkit.page.packing import compiled
from toolkit.returns import FILE_STATES

RUNTIME = Path(__file__).parent.parent / "toolkit" / "page" / "runtime"
PAGE_TIMES = {"timeout": 240_000}
NEVER_ANSWERED = """
const post = Worker.prototype.postMessage, wait = window.setTimeout;
let over;
window.setTimeout = (work, after) => { if (after === 30000) over = work; return wait(work, after); };
Worker.prototype.postMessage = function (message, more) {
  if (message.name === "read" && message.value.name.includes("卡住")) wait(over, 100); else post.call(this, message, more);
};
"""
"""A worker that does not answer when it reads one file, whose time is over at once."""


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the page's interpreter and wheels, fetched as ``make page`` does; skips where they are not to be had."""
    folder = tmp_path_factory.mktemp("runtime")
    for path in RUNTIME.iterdir():
        shutil.copy(path, folder)
    assert NPM is not None
    npm = [NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    pip = [
        sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes", "--only-binary=:all:", "--platform",
        "pyemscripten_2026_0_wasm32", "--python-version", "3.14", "-r", "wheels.txt", "-d", ".",
    ]  # fmt: skip
    for command in (npm, pip):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode and not REQUIRED:
            pytest.skip(f"{command[0]} did not fetch the runtime of the page: it is NOT tried")
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def page_file(runtime: Path) -> Path:
    """Return the page."""
    said = run("page", "-o", runtime / "年报工具.html", "--runtime", runtime)
    assert (said.code, said.out) == (0, f"{runtime / '年报工具.html'}\n")
    return runtime / "年报工具.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as programs:
        started = programs.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


class Opened:
    """A page that is open, and what it asked of the network and wrote to the console."""

    def __init__(self, browser: Any, file: Path, script: str = "", query: str = "", width: int = 1366) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 768}, accept_downloads=True)
        self.requests: list[str] = []
        self.console: list[str] = []
        self.view = self.context.new_page()
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.view.on("console", lambda message: self.console.append(message.text))
        self.view.on("pageerror", lambda fault: self.console.append(str(fault)))
        if script:
            self.view.add_init_script(script)
        self.view.goto(file.as_uri() + query)

    def state(self, word: str) -> str:
        """Wait until the page is in a state; return what it says."""
        self.view.wait_for_selector(f"html[data-state={word}]", **PAGE_TIMES)
        return str(self.view.inner_text("#state"))

    def put(self, *paths: Path) -> None:
        """Choose files, or one folder, and wait for the results."""
        self.view.evaluate("document.documentElement.dataset.state = 'put'")
        folder = paths[0].is_dir()
        self.view.set_input_files("#folder" if folder else "#files", [str(path) for path in paths])
        self.state("done")

    def saved(self, button: str, folder: Path) -> Path:
        """Press a button that saves a file; return the file."""
        with self.view.expect_download(**PAGE_TIMES) as download:
            self.view.click(button)
        target = folder / download.value.suggested_filename
        download.value.save_as(target)
        return target

    def quiet(self, file: Path, *, broken: bool = False) -> None:
        """Make sure that nothing left the page, and nothing went wrong in it (``broken``: but Pyodide), and close it."""
        assert {request.partition(":")[0] for request in self.requests} <= {"file", "blob"}
        assert [request for request in self.requests if request.startswith("file")] in (
            [file.as_uri()],
            [f"{file.as_uri()}?lang=en"],
        )
        assert broken == any("Pyodide has suffered" in words for words in self.console)
        assert broken or self.console == []
        self.context.close()


def test_the_library_is_packed_the_same_again() -> None:
    """Sources become code that needs no source, in the order of their names, the same bytes each time; data stay."""
    import io

    source = io.BytesIO()
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("b.py", "ANSWER = 42\n")
        archive.writestr("a.toml", "x = 1\n")
    made = compiled(source.getvalue())
    assert made == compiled(source.getvalue())
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.namelist() == ["a.toml", "b.pyc"]
        assert archive.read("a.toml") == b"x = 1\n"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """A folder without a runtime is refused with what to do, and nothing is written."""
    said = run("page", "-o", tmp_path / "a.html", "--runtime", tmp_path)
    assert (said.code, "make page" in said.err, list(tmp_path.iterdir())) == (2, True, [])


def test_a_library_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package without its extras lacks Jinja2: what to install is said, and nothing is written."""
    (tmp_path / "pyodide.asm.wasm").touch()
    (tmp_path / "package.json").write_text('{"version": "1"}', encoding="utf-8")
    for name in ("python_stdlib.zip", "msgspec-1-py3-none-any.whl"):
        zipfile.ZipFile(tmp_path / name, "w").close()
    monkeypatch.setattr("toolkit.page.building.LIBRARIES", ("no-such-library",))
    said = run("page", "-o", tmp_path / "a.html", "--runtime", tmp_path)
    assert (said.code, "Jinja2" in said.err, (tmp_path / "a.html").exists()) == (2, True, False)


@soak
@requires_npm
@requires_chromium
def test_it_answers_as_the_commands_do(page_file: Path, browser: Any, tmp_path: Path) -> None:
    """A county's folder with roster and last year: JSON, roll-up, replies and templates are the commands', byte for byte."""
    inbox = tmp_path / "收件"
    shutil.copytree(COUNTY / "2025", inbox)
    shutil.copytree(COUNTY / "2024", inbox / "上年")
    shutil.copy(COUNTY / "名录.xlsx", inbox)
    known = ("--roster", COUNTY / "名录.xlsx", "--last-year", COUNTY / "2024", "--year", "2025")
    checked = run("check", COUNTY / "2025", *known, "--format", "json", "-o", tmp_path / "退回")
    merged = run(
        "merge",
        COUNTY / "2025",
        *known,
        "--as-of",
        "2026-02-06",
        "--sources",
        "--format",
        "json",
        "-o",
        tmp_path / "汇总.xlsx",
    )
    run("template", "--year", "2025", *known[:4], "-o", tmp_path / "空白表")
    page = Opened(browser, page_file)
    page.state("ready")
    page.put(inbox)
    page.view.click("#settings summary")
    page.view.fill("#as-of", "2026-02-06")
    page.view.click("#options button")
    page.view.wait_for_selector("#save-rollup:not([disabled])")
    page.state("done")
    answer = json.loads(page.saved("#save-json", tmp_path).read_text(encoding="utf-8"))
    assert answer["check"] == json.loads(checked.out)
    assert answer["merge"] | {"output": ""} == json.loads(merged.out) | {"output": ""}
    assert page.saved("#save-rollup", tmp_path).read_bytes() == (tmp_path / "汇总.xlsx").read_bytes()
    page.view.click("summary:has-text('要空白表')")
    for button, folder in (("#save-replies", "退回"), ("#blank button", "空白表")):
        with zipfile.ZipFile(page.saved(button, tmp_path)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
            assert {name: data for name, data in members.items() if not name.startswith("信/")} == {
                path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()
            }
            assert ("信/一句话.txt" in members) == (button == "#save-replies")
    page.quiet(page_file)


@soak
@requires_npm
@requires_chromium
def test_a_file_that_hangs_or_kills_is_refused_and_the_next_goes_on(
    page_file: Path, browser: Any, tmp_path: Path
) -> None:
    """Of three files one never ends and one breaks the interpreter: both are refused, the third is read as ever."""
    inbox = tmp_path / "收件"
    inbox.mkdir()
    (good, other, *_) = sorted((COUNTY / "2025").glob("*.xlsx"))
    shutil.copy(good, inbox)
    shutil.copy(other, inbox / "卡住.xlsx")
    (inbox / "深.xlsx").write_bytes(next(one for one in hostile.CASES if one.name == "200000-deep.xlsx").build())
    page = Opened(browser, page_file, NEVER_ANSWERED)
    page.state("ready")
    page.put(inbox)
    answer = json.loads(page.saved("#save-json", tmp_path).read_text(encoding="utf-8"))["check"]
    codes = {file["file"]: [finding["code"] for finding in file["findings"]] for file in answer["files"]}
    assert codes["卡住.xlsx"] == ["FILE_040"]
    assert codes["深.xlsx"] in (["FILE_030"], ["FILE_040"])
    assert [file["verdict"] for file in answer["files"]].count("unreadable") == 2
    (alone,) = json.loads(run("check", good, "--year", "2025", "--format", "json").out)["files"]
    assert [file for file in answer["files"] if file["file"] == good.name] == [alone]
    page.quiet(page_file, broken=True)


@soak
@requires_npm
@requires_chromium
def test_a_clerk_checks_one_return(page_file: Path, browser: Any, tmp_path: Path) -> None:
    """One file: the status and the findings are those of ``check``; the reply and the report are the commands'."""
    file = COUNTY / "2025" / "公安局2025年报.xlsx"
    run("check", file, "-o", tmp_path / "退回")
    page = Opened(browser, page_file)
    page.state("ready")
    page.put(COUNTY / "名录.xlsx")
    assert "名录.xlsx" in page.view.inner_text("#summary")
    assert page.view.is_visible("#blank button")
    (tmp_path / "报告.docx").write_bytes((tmp_path / "退回" / "审核汇总.xlsx").read_bytes()[:200])
    page.put(tmp_path / "报告.docx")
    assert "粘贴到下面" in page.view.inner_text("#list")
    assert page.view.is_visible("#pasting button")
    page.put(file)
    (one,) = json.loads(run("check", file, "--format", "json").out)["files"]
    assert page.view.inner_text("#summary") == one["status"]["sentence"]
    shown = page.view.inner_text("#list")
    assert all(finding["message"] in shown and finding["remedy"] in shown for finding in one["findings"])
    reply = page.saved("#save-reply", tmp_path)
    assert reply.read_bytes() == (tmp_path / "退回" / reply.name).read_bytes()
    run("publish", file, "--draft", "-o", tmp_path / "报告.html")
    assert page.saved("#save-report", tmp_path).read_bytes() == (tmp_path / "报告.html").read_bytes()
    page.quiet(page_file)


DEAF = """
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, more) {
  if (message.name !== "read" || !message.value.name.includes("卡住")) post.call(this, message, more);
};
"""
"""A worker that never answers when it reads one file."""


@soak
@requires_npm
@requires_chromium
def test_a_folder_of_sixty_messy_files(page_file: Path, browser: Any, tmp_path: Path) -> None:
    """One file is skipped, at another it is stopped, which is said; again without these all is as the commands have it."""
    inbox = tmp_path / "收件"
    shutil.copytree(COUNTY / "2025", inbox)
    for case in hostile.CASES:
        data = b"" if case.name.startswith("200000") else case.build()
        if 0 < len(data) < 300_000 and len(list(inbox.iterdir())) < 60:
            (inbox / case.name).write_bytes(data)
    for name in ("~$公安局.xlsx", ".DS_Store", "照片.jpg", "说明.txt"):
        (inbox / name).write_bytes(b"\xff\xd8\xff\xe0 1234")
    count = len(list(inbox.glob("[!.~]*")))
    for name in ("卡住一.xlsx", "卡住二.xlsx"):
        shutil.copy(inbox / "财政局2025年报.xlsx", inbox / name)
    page = Opened(browser, page_file, DEAF)
    page.state("ready")
    page.view.set_input_files("#folder", str(inbox))
    for name, button in (("卡住一", "#skip"), ("卡住二", "#stop")):
        page.view.wait_for_selector(f"#state:has-text('{name}')", **PAGE_TIMES)
        page.view.click(button)
    page.state("done")
    assert "还有" in page.view.inner_text("#state")
    answer = json.loads(page.saved("#save-json", tmp_path).read_text(encoding="utf-8"))["check"]
    codes = {file["file"]: [finding["code"] for finding in file["findings"]] for file in answer["files"]}
    assert (codes["卡住一.xlsx"], len(codes) < count) == (["FILE_040"], True)
    for name in ("卡住一.xlsx", "卡住二.xlsx"):
        (inbox / name).unlink()
    checked = run("check", inbox, "--year", "2025", "--format", "json", "-o", tmp_path / "退回")
    page.put(inbox)
    assert page.view.inner_text("#state") == "审核完了。"
    answer = json.loads(page.saved("#save-json", tmp_path).read_text(encoding="utf-8"))["check"]
    assert answer == json.loads(checked.out)
    with zipfile.ZipFile(page.saved("#save-replies", tmp_path)) as archive:
        replies = {name: archive.read(name) for name in archive.namelist() if not name.startswith("信/")}
    assert replies == {path.name: path.read_bytes() for path in (tmp_path / "退回").iterdir()}
    page.quiet(page_file)


@soak
@requires_npm
@requires_chromium
def test_a_form_of_ones_own_is_dropped_with_the_returns(page_file: Path, browser: Any, tmp_path: Path) -> None:
    """A return on a fictitious form of 2027 is judged by its file, as the command with ``--form`` judges it; so are its blanks."""
    (tmp_path / "收件").mkdir()
    own = ("--year", "2027", "--form", "2027.toml")
    (tmp_path / "2027.toml").write_text(own_form.text(), encoding="utf-8")
    own_form.nianbao(tmp_path, "template", *own, "-o", "空白")
    (blank,) = (tmp_path / "空白").iterdir()
    own_form.filled(blank, "2027", {"r1": {"overseas": 4}, "r3_1": {"overseas": 5}})
    blank.rename(tmp_path / "收件" / "年报.xlsx")
    checked = own_form.nianbao(tmp_path, "check", "收件", *own, "--format", "json", code=1)
    shutil.copy(tmp_path / "2027.toml", tmp_path / "收件")
    page = Opened(browser, page_file)
    page.state("ready")
    page.put(tmp_path / "收件")
    answer = json.loads(page.saved("#save-json", tmp_path).read_text(encoding="utf-8"))["check"]
    assert answer == json.loads(checked)
    assert "境外机构" in page.view.inner_text("#list")
    page.quiet(page_file)


@soak
@requires_npm
@requires_firefox
def test_firefox_answers_as_the_commands_do(page_file: Path, tmp_path: Path) -> None:
    """Debian's Firefox opens the file, reads a county and saves the roll-up of the command, byte for byte."""
    files, day = sorted((COUNTY / "2025").glob("*.xlsx")), "2026-02-06"
    run("merge", COUNTY / "2025", "--year", "2025", "--as-of", day, "-o", tmp_path / "汇总.xlsx")
    with firefox(tmp_path) as view:
        view.ask("WebDriver:Navigate", url=page_file.as_uri())
        view.wait("return document.documentElement.dataset.state === 'ready'")
        view.run(f"document.querySelector('#as-of').value = '{day}'")
        view.ask("WebDriver:ElementSendKeys", id=view.element("#files"), text="\n".join(map(str, files)))
        view.wait("return document.documentElement.dataset.state === 'done'")
        view.ask("WebDriver:ElementClick", id=view.element("#save-rollup"))
        saved = tmp_path / "汇总_2025.xlsx"
        for _ in range(300):
            view.wait("return document.documentElement.dataset.state === 'done'")
            if saved.exists() and saved.stat().st_size and not list(tmp_path.glob("*.part")):
                break
    assert saved.read_bytes() == (tmp_path / "汇总.xlsx").read_bytes()


PASTED = """<style>p { color: red }</style><p style='font-family:"宋体"' class=MsoNormal>样例县财政局2025年政府信息公开工作年度报告</p>
<p>一、总体情况</p><p>全年主动公开 3 条。</p>
<p>二、主动公开政府信息情况</p><table style="width: 9cm"><tr style=height:1cm><td colspan=4>第二十条第（一）项</td></tr>
<tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>
<tr><td>规章</td><td>0</td><td>0</td><td>0</td></tr><tr><td>行政规范性文件</td><td>2</td><td>0</td><td>7</td></tr></table>"""


@soak
@requires_npm
@requires_chromium
def test_a_report_that_is_pasted_lands_in_the_form(page_file: Path, browser: Any, tmp_path: Path) -> None:
    """A table from Word becomes cells of the form; the workbook is saved and checked at once."""
    page = Opened(browser, page_file)
    page.state("ready")
    page.view.click("summary:has-text('粘贴')")
    page.view.evaluate(
        """html => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          document.querySelector("#pasted").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
        }""",
        PASTED,
    )
    assert "行政规范性文件\t2\t0\t7" in page.view.input_value("#pasted")
    page.view.fill("#pasted-year", "2025")
    made = page.saved("#pasting button", tmp_path)
    page.state("done")
    ret = reading.read(made, name=made.name).ret
    assert ret is not None
    assert (ret.identity.name, ret.figures["t2.normative.issued"], ret.figures["t2.normative.in_force"]) == (
        "样例县财政局",
        2,
        7,
    )
    assert "样例县财政局" in page.view.inner_text("#result-head")
    assert "没有找到“三、" in page.view.inner_text("#made")
    page.quiet(page_file)


@soak
@requires_npm
@requires_chromium
def test_it_is_fit_for_keyboard_and_screen_reader(
    page_file: Path, browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """axe-core has nothing against the page, before and after, light and dark, on a screen and on a phone; nothing is cut off."""
    axe = (fetched(tmp_path_factory.mktemp("axe"), AXE) / "axe-core/package/axe.min.js").read_text(encoding="utf-8")
    for width, scheme in ((1366, "light"), (390, "dark")):
        page = Opened(browser, page_file, width=width)
        page.view.emulate_media(color_scheme=scheme)
        for state in ("ready", "done"):
            if state == "done":
                page.put(*sorted((COUNTY / "2025").glob("*.xlsx")))
            page.state(state)
            page.view.evaluate(axe)
            faults = page.view.evaluate(
                "axe.run().then(found => found.violations.map(one => [one.id, one.nodes[0].html]))"
            )
            assert faults == [], (width, state)
            assert page.view.evaluate("document.documentElement.scrollWidth") <= width
        page.quiet(page_file)


@soak
@requires_npm
@requires_chromium
def test_english_and_old_browsers(page_file: Path, browser: Any) -> None:
    """``?lang=en`` has no Chinese but what a respondent wrote; what a browser lacks is said by name before all else."""
    page = Opened(browser, page_file, query="?lang=en")
    assert page.state("ready") == "Ready for files."
    words = page.view.inner_text("body")
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in words)
    page.put(*sorted((COUNTY / "2025").glob("*.xlsx")))
    words = page.view.inner_text("#result")
    assert all(state not in words for state in (*map(str, FILE_STATES.values()), "处错误", "阶段性", "按申请人"))
    page.quiet(page_file)
    for lack, name in {
        "delete window.DecompressionStream": "DecompressionStream",
        "delete WebAssembly.Tag": "WebAssembly exceptions",
        "WebAssembly.validate = () => false": "WebAssembly reference types",
        "delete window.WebAssembly": "WebAssembly",
        "delete window.BigInt64Array": "BigInt",
        "WebAssembly.compile = () => Promise.reject(new Error('no memory'))": "no memory",
    }.items():
        page = Opened(browser, page_file, lack)
        words = page.state("lacking")
        assert (f"{name}）" in words, "换用" in words, page.view.is_visible("#bar")) == (True, True, False), lack
        page.quiet(page_file)
