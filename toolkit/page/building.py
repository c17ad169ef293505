"""Runtime, library and site → the page: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from msgspec import Struct

from toolkit.findings import fault
from toolkit.page.packing import zipped

HERE = Path(__file__).parent
SITE = HERE / "site"
LIBRARIES = ("jinja2", "markupsafe", "tomli", "xlrd", "xlsxwriter")
"""What the page takes from this installation: their Python files, which are all they need."""
LEFT_OUT = ("filled/", "cli/", "mail/", "season/", "page/building.py", "page/site/")
"""What of the toolkit a browser has no use for."""
SECONDS = 300
"""How long packing may take: a quarter of a minute as a rule."""
INSIDE = "https://inside.invalid/"
"""Where the runtime believes to come from: an address that no network answers."""


class PagePart(Struct, frozen=True):
    """A part of the page: its name, what it is, its licence, the bytes as the browser unpacks them, and packed."""

    name: str
    title: str
    size: int
    sha256: str
    packed: bytes


class WholePage(Struct, frozen=True):
    """The page, and the parts that it names with their digests."""

    html: bytes
    parts: tuple[PagePart, ...]


def build(runtime: Path) -> WholePage:
    """Build the page from a folder with Pyodide (``pyodide.asm.wasm`` …) and the wheels of compiled libraries for it.

    The same toolkit, libraries and runtime give the same bytes. A folder without a runtime, a library or Node.js that
    is missing and a runtime that cannot pack raise ToolkitError.
    """
    pyodide = _pyodide(runtime)
    version = json.loads((pyodide / "package.json").read_text(encoding="utf-8"))["version"]
    with tempfile.TemporaryDirectory(prefix="nianbao-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / "library.zip").write_bytes(zipped(dict(_library(runtime, pyodide))))
        shutil.copyfile(pyodide / "pyodide.asm.wasm", folder / "runtime.wasm")
        (folder / "worker.js").write_text(_worker(pyodide), encoding="utf-8")
        before = {path.stem: path.read_bytes() for path in folder.iterdir()}
        _pack(pyodide, folder)
        parts = tuple(
            PagePart(name, title, len(before[name]), hashlib.sha256(before[name]).hexdigest(), packed)
            for name, title, packed in (
                (name, title, next(folder.glob(f"{name}.*.gz")).read_bytes()) for name, title in _TITLES.items()
            )
        )
    return WholePage(_html(parts, version), parts)


_TITLES = {
    "runtime": "Pyodide（CPython 编译成 WebAssembly；MPL-2.0 与 PSF-2.0）",
    "library": "Python 标准库、本工具和它用的库",
    "worker": "Pyodide 的装载程序和本页的后台程序",
}


def _pyodide(runtime: Path) -> Path:
    """Return the folder of Pyodide itself: the one given, or where npm puts it below."""
    for folder in (runtime, runtime / "node_modules" / "pyodide"):
        if (folder / "pyodide.asm.wasm").is_file():
            return folder
    raise fault("PAGE_RUNTIME_MISSING", path=runtime)


def _library(runtime: Path, pyodide: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the library: standard library, libraries, toolkit; compiled ones go below ``extensions/``."""
    with zipfile.ZipFile(pyodide / "python_stdlib.zip") as stdlib:
        yield from ((name, stdlib.read(name)) for name in stdlib.namelist() if not name.endswith("/"))
    wheels = sorted(runtime.glob("*.whl"))
    if not any(wheel.name.startswith("msgspec-") for wheel in wheels):
        raise fault("PAGE_WHEEL_MISSING", path=runtime, name="msgspec")
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as members:
            for name in members.namelist():
                if name.endswith((".py", ".so")):
                    yield f"extensions/{name}", members.read(name)
    for library in LIBRARIES:
        if not any(metadata.distributions(name=library)):  # jinja2 comes with an extra
            raise fault("JINJA_MISSING")
        for file in metadata.distribution(library).files or ():
            if file.suffix == ".py" and ".." not in file.parts and file.parts[0] != "__pycache__":
                yield file.as_posix(), Path(str(file.locate())).read_bytes()
    yield from _toolkit()


def _toolkit() -> Iterator[tuple[str, bytes]]:
    package = HERE.parent
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        if path.suffix in (".py", ".toml", ".j2") and not name.startswith(LEFT_OUT):
            yield f"toolkit/{name}", path.read_bytes()


def _worker(pyodide: Path) -> str:
    """Return the one script of the worker: the loader, the interpreter's module and our own, without any import.

    A classic worker from a ``blob:`` address is what every browser starts under ``file://``; Pyodide refuses one when
    ``importScripts`` works, and its module is written for ``import``.
    """
    lock = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    lock["packages"] = {}
    module = (pyodide / "pyodide.asm.mjs").read_text(encoding="utf-8")
    for before, after in (
        ("import.meta.url", f'"{INSIDE}pyodide.asm.js"'),
        ("export default _createPyodideModule;", "self.createModule = _createPyodideModule;"),
    ):
        if before not in module:
            raise fault("PAGE_RUNTIME_MISSING", path=pyodide)
        module = module.replace(before, after)
    loader = re.sub(r"//# sourceMappingURL.*\n?", "", (pyodide / "pyodide.js").read_text(encoding="utf-8"))
    ours = (SITE / "worker.js").read_text(encoding="utf-8")
    return "\n".join(
        ("self.importScripts = undefined;", f"self.LOCK = {json.dumps(json.dumps(lock))};", loader, module, ours)
    )


def _pack(pyodide: Path, folder: Path) -> None:
    node = shutil.which("node")
    if node is None:
        raise fault("PAGE_NODE_MISSING")
    done = subprocess.run(  # noqa: S603 – our own script on the folders that were given
        [node, SITE / "pack.mjs", pyodide, folder, HERE / "packing.py"],
        capture_output=True, text=True, encoding="utf-8", errors="replace", check=False, timeout=SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise fault("PAGE_NOT_PACKED", text=done.stderr.strip().rpartition("\n")[2][:200])


def _html(parts: tuple[PagePart, ...], pyodide: str) -> bytes:
    boot, script, style = ((SITE / name).read_text(encoding="utf-8") for name in ("boot.js", "page.js", "page.css"))
    policy = "; ".join((
        "default-src 'none'",
        f"script-src {_digest(boot)} {_digest(script)} 'wasm-unsafe-eval'",
        "worker-src blob:",
        f"style-src {_digest(style)}",
        "base-uri 'none'",
        "form-action 'none'",
    ))  # fmt: skip
    put = {
        "POLICY": policy,
        "STYLE": style,
        "BOOT": boot,
        "SCRIPT": script,
        "VERSION": f"nianbao {metadata.version('nianbao')} · Pyodide {pyodide}",
        "PARTS": "\n".join(f"{part.title}\n  {part.size:,} 字节  SHA-256 {part.sha256}" for part in parts),
        "LICENCES": (SITE / "licences.txt").read_text(encoding="utf-8").strip(),
        "DATA": "\n".join(
            f'<script type="text/plain" id="part-{part.name}">{base64.b64encode(part.packed).decode()}</script>'
            for part in parts
        ),
    }
    page = (SITE / "page.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda match: put[match[1]], page).encode("utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode()}'"
