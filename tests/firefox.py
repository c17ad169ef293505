"""Debian's Firefox, driven by its own remote protocol (Marionette): no driver and no package is needed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")

if FIREFOX is None and os.environ.get("NIANBAO_REQUIRE_FIREFOX") == "1":
    raise RuntimeError("Firefox is required here (NIANBAO_REQUIRE_FIREFOX=1) and was not found")

requires_firefox = pytest.mark.skipif(FIREFOX is None, reason="Firefox is not installed: the page is NOT tried in it")

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""How WebDriver calls an element."""
_SETTINGS = {
    "browser.download.folderList": 2,
    "browser.download.useDownloadDir": True,
    "browser.download.always_ask_before_handling_new_types": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.proxy.type": 0,
}


class Marionette:
    """A Firefox that does what it is asked."""

    def __init__(self, port: int, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError):
                self._line = socket.create_connection(("127.0.0.1", port), timeout=seconds)
                break
            assert time.monotonic() < until, "Firefox does not listen"
            time.sleep(0.1)
        self._replies = self._line.makefile("rb")
        self._number = 0
        self._message()
        self.ask("WebDriver:NewSession", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})

    def close(self) -> None:
        """Hang up."""
        self._replies.close()
        self._line.close()

    def _message(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            size += self._replies.read(1)
        return json.loads(self._replies.read(int(size[:-1])))

    def ask(self, command: str, **values: Any) -> Any:
        """Ask for something; return what comes of it."""
        self._number += 1
        text = json.dumps([0, self._number, command, values]).encode()
        self._line.sendall(str(len(text)).encode() + b":" + text)
        _, _, fault, result = self._message()
        assert fault is None, fault
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def run(self, script: str) -> Any:
        """Run a script in the page; return what it returns."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=[])

    def element(self, selector: str) -> str:
        """Return the one element of a selector."""
        return str(self.ask("WebDriver:FindElement", using="css selector", value=selector)[_ELEMENT])

    def wait(self, script: str, seconds: float = 120) -> None:
        """Wait until a script returns something true."""
        until = time.monotonic() + seconds
        while not self.run(script):
            assert time.monotonic() < until, script
            time.sleep(0.1)


@contextlib.contextmanager
def firefox(folder: Path) -> Iterator[Marionette]:
    """Start a Firefox that saves into a folder, and end it."""
    assert FIREFOX is not None
    profile, port = folder / "profile", _free_port()
    profile.mkdir()
    settings = {**_SETTINGS, "marionette.port": port, "browser.download.dir": str(folder)}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in settings.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    words = [FIREFOX, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    with open(folder / "firefox.log", "wb") as log:
        program = subprocess.Popen(words, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)})
        try:
            view = Marionette(port, 60)
            yield view
            view.close()
        finally:
            program.terminate()
            program.wait(30)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
