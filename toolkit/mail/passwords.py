"""The password of a mail account: environment, the system's password store, or a prompt; never a file of ours."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from toolkit.findings import fault
from toolkit.mail.settings import Server

STORE = "nianbao"
"""The name under which the system's password store keeps it; the account there is ``user@host``."""


def password(
    server: Server,
    variables: tuple[str, ...] = ("NIANBAO_SMTP_PASSWORD",),
    *,
    ask: Callable[[str], str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Return the password of the account, from the first place that has one.

    ``ask`` gets the sentence to show and returns what was typed without echo. Blanks around it (a copied code often
    has them) are dropped. None anywhere raises ToolkitError.
    """
    known = os.environ if environment is None else environment
    for variable in variables:
        if known.get(variable, "").strip():
            return known[variable].strip()
    stored = _stored(server)
    if stored is not None and stored.strip():
        return stored.strip()
    typed = "" if ask is None else ask(f"{server.user} 在 {server.host} 的密码或授权码（输入时不显示）").strip()
    if typed:
        return typed
    raise fault("PASSWORD_MISSING", user=server.user, variable=variables[0])


def _stored(server: Server) -> str | None:
    """Return what the password store has; None without a store (keyring comes with an extra)."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    try:
        return keyring.get_password(STORE, f"{server.user}@{server.host}")
    except keyring.errors.KeyringError:
        return None
