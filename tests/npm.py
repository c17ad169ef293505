"""SheetJS and exceljs, pinned by their digests and fetched with npm: other programs that save workbooks again."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

NPM = shutil.which("npm") if shutil.which("node") else None
REQUIRED = os.environ.get("NIANBAO_REQUIRE_NPM") == "1"
PACKAGES = {
    "xlsx@0.18.5": "dmg3LCjBPHZnQp5/F/+nnTa+miPJxUXB6vtk42YjBBKayDNagxGEeIdWApkYPOf3Z3pm3k62Knjzp7lMeTEtFQ==",
    "exceljs@4.4.0": "XctvKaEMaj1Ii9oDOqbW/6e1gXknSY4g/aLCDicOXqBE4M0nRWkUu0PTp++UPNzoFY12BNHMfs/VadKIS6llvg==",
}
"""What is fetched, and the SHA-512 of each: both carry a bundle that needs nothing else."""
SCRIPT = Path(__file__).with_name("resave.js")

if NPM is None and REQUIRED:
    raise RuntimeError("npm is required here (NIANBAO_REQUIRE_NPM=1) and was not found")

requires_npm = pytest.mark.skipif(
    NPM is None, reason="npm is not installed: SheetJS and exceljs have NOT saved our workbooks again"
)

Job = tuple[str, Path, Path, str]
"""Program, from, to, and the kind of file as SheetJS calls it."""


AXE = {"axe-core@4.14.1": "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="}
"""What looks for faults of accessibility in a page."""


def fetched(folder: Path, packages: Mapping[str, str] = PACKAGES) -> Path:
    """Fetch packages into a folder and unpack them there; skips where the registry is not reached."""
    assert NPM is not None
    done = subprocess.run(
        [NPM, "pack", "--silent", *packages], cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )
    if done.returncode and not REQUIRED:
        pytest.skip(f"npm did not fetch {', '.join(packages)}: what it judges is NOT judged")
    assert done.returncode == 0, done.stderr
    for package, digest in packages.items():
        archive = folder / f"{package.replace('@', '-')}.tgz"
        assert hashlib.sha512(archive.read_bytes()).digest() == base64.b64decode(digest), package
        with tarfile.open(archive) as members:
            members.extractall(folder / package.partition("@")[0], filter="data")
    return folder


def saved_again(jobs: Sequence[Job], packages: Path) -> None:
    """Let SheetJS and exceljs save workbooks again, all in one process."""
    done = subprocess.run(
        ["node", str(SCRIPT), str(packages)],
        input=json.dumps(jobs, default=str), capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
