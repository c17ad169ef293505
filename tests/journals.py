"""A journal of sending in a file, one flushed line each: what the tests use for the caller's ledger.

``python -m tests.journals PORT FOLDER COUNT`` sends COUNT posts with it, for tests that kill the process.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from toolkit.mail import Attachment, Post, Security, Server, Terms, send


class FileJournal:
    """States by key, appended to a file and flushed to disk before ``record`` returns; a torn last line is dropped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: list[tuple[str, str, str]] = []
        if path.exists():
            lines = path.read_bytes().split(b"\n")
            self.entries = [tuple(json.loads(line)) for line in lines[:-1] if line]
            path.write_bytes(b"".join(line + b"\n" for line in lines[:-1] if line))
        self._states = {key: state for key, state, _ in self.entries}

    def state(self, key: str) -> str | None:
        return self._states.get(key)

    def record(self, key: str, state: str, detail: str) -> None:
        with self.path.open("ab") as file:
            file.write(json.dumps([key, state, detail]).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.entries.append((key, str(state), detail))
        self._states[key] = str(state)

    def states(self, key: str) -> list[str]:
        """Return all states that a post went through."""
        return [state for known, state, _ in self.entries if known == key]


def posts(count: int) -> list[Post]:
    """Return posts to as many bodies, each with a small attachment."""
    return [
        Post(
            f"2025/{number:03}", f"{number:03}", f"body{number:03}@example.cn", f"审核意见 {number}", "见附件。", "<p>见附件。</p>",
            (Attachment(f"{number:03}_财政局_2025核对.xlsx", b"PK" + bytes(2000)),),
        )
        for number in range(count)
    ]  # fmt: skip


def main(port: int, folder: Path, count: int) -> None:
    """Send posts, two to three thousand a minute, to the server on a port of this machine."""
    server = Server("127.0.0.1", port, "clerk@example.cn", Security.PLAIN)
    journal = FileJournal(folder / "journal.jsonl")
    send(posts(count), server, None, journal, lambda _: None, Terms(rate=60_000, stop_after=10**6, timeout=10))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
