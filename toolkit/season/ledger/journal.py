"""What was sent, message by message: a state is on disk before the server may act on it."""

from __future__ import annotations

from toolkit.season.ledger.store import Ledger


class SendJournal:
    """The journal that sending asks and tells, kept in the ledger; a key begins with the code of its body."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def state(self, key: str) -> str | None:
        """Return the last recorded state of a message, None when there is none."""
        state = self._ledger.value("message", "state", key=key)
        return None if state is None else str(state)

    def record(self, key: str, state: str, detail: str) -> None:
        """Add a state of a message; it is on disk when this returns."""
        if (self.state(key), self._ledger.value("message", "detail", key=key)) != (state, detail):
            self._ledger.add("message", key=key, code=key.split("/", maxsplit=1)[0], state=state, detail=detail)
