"""Past one machine: a Dask cluster of two processes, one of them killed, and an S3 server; the bytes stay the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests import commands
from tests.clusters import ENVIRONMENT
from tests.samples import COUNTY
from tests.soaking import soak
from toolkit.errors import ToolkitError
from toolkit.excel_in import limits
from toolkit.returns import ReadFile
from toolkit.run import Job, run, sources
from toolkit.run.examination import Examination
from toolkit.scale import cluster as scale
from toolkit.scale.remote import At
from toolkit.workbook.rollup import write_rollup

OPTIONS = ("--year", "2025", "--roster", str(COUNTY / "名录.xlsx"), "--as-of", "2026-02-06")


@dataclass(frozen=True)
class Servers:
    """A cluster and a store, with the county's returns in the bucket 年报's folders 2024 and 2025."""

    address: str
    pids: list[int]
    bucket: str


def _store() -> Any:
    """Return the store, by a library that is costly to import."""
    return pytest.importorskip("s3fs").S3FileSystem()


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Start both on loopback, in a process of their own."""
    for library in ("distributed", "moto"):
        pytest.importorskip(library)
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.clusters"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = json.loads(process.stdout.readline())
    os.environ["AWS_ENDPOINT_URL"] = said["endpoint"]
    store = _store()
    store.mkdir("county")
    for path in sorted(COUNTY.glob("202*/*.xlsx")):
        store.pipe_file(f"county/年报/{path.parent.name}/{path.name}", path.read_bytes())
    store.pipe_file("county/年报/2025/~$财政局.xlsx", b"x")
    yield Servers(said["address"], said["pids"], "s3://county/年报")
    process.communicate()
    os.environ.clear()
    os.environ.update(before)


def merged(tmp_path: Path, place: str, *options: str) -> tuple[bytes, str]:
    """Return the roll-up that the command writes, and what it says on standard output."""
    output = tmp_path / "汇总.xlsx"
    done = commands.run("merge", place, *OPTIONS, *options, "-o", output)
    assert done.code == 1, done.err
    return output.read_bytes(), done.out


def last_year(place: str) -> tuple[str, str]:
    """Return the option for last year's returns."""
    return "--last-year", place


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str]:
    """Return what one machine makes of the county's folder."""
    return merged(
        tmp_path_factory.mktemp("here"), str(COUNTY / "2025"), *last_year(str(COUNTY / "2024")), "--jobs", "1"
    )


@soak
def test_a_cluster_gives_the_same_bytes(servers: Servers, expected: tuple[bytes, str], tmp_path: Path) -> None:
    """Roster, last year and --prefer work on the cluster as they do here."""
    given = last_year(str(COUNTY / "2024"))
    assert merged(tmp_path, str(COUNTY / "2025"), *given, "--cluster", servers.address) == expected
    here, there = (
        merged(tmp_path, str(COUNTY / "2025"), *given, "--prefer", "newest", *where)
        for where in (("--jobs", "1"), ("--cluster", servers.address))
    )
    assert here == there


@soak
def test_addresses_give_the_same_bytes(servers: Servers, expected: tuple[bytes, str], tmp_path: Path) -> None:
    """Returns on S3 are read by this machine and by the cluster; last year's may be there as well.

    Which of two is the newest is not asked: the files have other times there.
    """
    given = last_year(f"{servers.bucket}/2024")
    assert merged(tmp_path, f"{servers.bucket}/2025", *given, "--jobs", "2") == expected
    assert merged(tmp_path, f"{servers.bucket}/2025", *given, "--cluster", servers.address) == expected


@soak
def test_check_reads_addresses(servers: Servers) -> None:
    """``check`` names the files by where they are below the address, and what it passed over."""
    told = commands.answer("check", f"{servers.bucket}/2025", "--year", "2025")
    here = commands.answer("check", COUNTY / "2025", "--year", "2025")
    assert told["files"] == here["files"]
    assert [each["file"] for each in told["skipped"]] == ["~$财政局.xlsx"]


@soak
def test_a_killed_worker_loses_nothing(servers: Servers) -> None:
    """One of the two processes is killed in the middle: every file counts, once."""
    job = Job((COUNTY / "2025",), "merge", 2025, COUNTY / "名录.xlsx", as_of="2026-02-06", light=True)
    here = run(replace(job, jobs=1))
    told: list[int] = []

    def watch(_: int, done: int, __: int) -> None:
        told.append(done)
        if sum(told) >= 4 and len(servers.pids) == 2:
            os.kill(servers.pids.pop(), signal.SIGKILL)

    there = run(replace(job, cluster=servers.address), watch)
    assert len(servers.pids) == 1
    assert sum(told) == len(here.checked)
    assert here.rollup is not None
    assert there.rollup is not None
    assert write_rollup(here.rollup) == write_rollup(there.rollup)


class Deadly(Examination):
    """An examination whose process dies of one file."""

    def read(self, file: At) -> ReadFile:
        """Die of the file of that name."""
        if file.name == "公安局2025年报.xlsx":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(file)


@soak
def test_a_file_that_kills_its_reader_costs_itself(servers: Servers, tmp_path: Path) -> None:
    """On the cluster too, a file of which a process dies and one that is not there are named; the others are read."""
    names = ("财政局2025年报.xlsx", "公安局2025年报.xlsx", "教育局2025年报.xlsx")
    files = [*sources.inputs([COUNTY / "2025" / name for name in names]).files, (tmp_path / "没有.xlsx", "没有.xlsx")]
    part = scale.on_cluster(servers.address, files, Deadly(2025).of, lambda *_: None)
    assert {each.file: [one.code for one in each.findings][:1] for each in part.checked} == {
        names[0]: [], names[1]: ["FILE_040"], names[2]: [], "没有.xlsx": ["FILE_002"],
    }  # fmt: skip


@soak
def test_a_file_past_the_limit_is_not_fetched(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too large or empty at an address is refused as it is in a folder."""
    store = _store()
    store.pipe_file("county/大/大.xlsx", b"x" * 3000)
    store.pipe_file("county/大/空.xlsx", b"")
    monkeypatch.setattr(limits, "FILE_BYTES", 2000)
    done = run(Job(("s3://county/大",), "read", jobs=1)).readings
    assert [[one.code for one in each.findings] for each in done] == [["FILE_030"], ["FILE_001"]]


@soak
def test_what_cannot_be_reached_is_said(servers: Servers) -> None:
    """An address without files and one of nobody: one line each."""
    for place in ("s3://county/没有", "s3://nobody/x"):
        with pytest.raises(ToolkitError):
            sources.inputs([place])


def test_what_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of address that is not known and a cluster that is not there: one line each."""
    pytest.importorskip("distributed")
    with pytest.raises(ToolkitError):
        sources.inputs(["unknown://x"])
    monkeypatch.setattr(scale, "SECONDS", 0.5)
    with pytest.raises(ToolkitError, match="连接不上集群"):
        scale.on_cluster("tcp://127.0.0.1:1", (), Examination().of, lambda *_: None)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the libraries the message says what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ToolkitError, match=r"nianbao\[cluster\]"):
        scale.on_cluster("tcp://127.0.0.1:1", (), Examination().of, lambda *_: None)
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(ToolkitError, match=r"nianbao\[cluster\]"):
        sources.inputs(["s3://county/年报"])
