"""What the page's own interpreter does when the page is built: compile the library, and compress every part.

It runs in Pyodide (``pack.mjs``), so that code and compression are those of one pinned interpreter: the same sources
give the same bytes on every machine.
"""

from __future__ import annotations

import gzip
import importlib.util
import io
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

DAY = (2020, 1, 1, 0, 0, 0)
"""The date of every member: the bytes must not tell when they were packed."""


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return files in one zip, stored, in the order of their names: the same files make the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(members.items()):
            archive.writestr(zipfile.ZipInfo(name, DAY), data)
    return target.getvalue()


def compiled(library: bytes) -> bytes:
    """Return a zip of sources as a zip of their code, unchecked against any source; other members stay as they are."""
    from importlib import _bootstrap_external as loading

    members = {}
    with zipfile.ZipFile(io.BytesIO(library)) as sources:
        for name in sources.namelist():
            data = sources.read(name)
            if name.endswith(".py"):
                code = compile(data, name, "exec", dont_inherit=True)
                name, data = f"{name}c", loading._code_to_hash_pyc(code, importlib.util.source_hash(data), False)  # type: ignore[attr-defined]
            members[name] = data
    return zipped(members)


def pack(folder: Path) -> None:
    """Compress the parts in a folder (library.zip, runtime.wasm, worker.js), the library compiled; each as NAME.gz."""
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        if path.suffix == ".zip":
            data = compiled(data)
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(data, 9, mtime=0))


if sys.platform == "emscripten" and __name__ == "__main__":
    pack(Path("/parts"))
