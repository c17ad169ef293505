"""Today's list: whom to call, what to decide, what can be sent, and who is still silent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from toolkit.findings import Wording
from toolkit.mail import PostState
from toolkit.returns import FileState
from toolkit.season.cycle import Session, Settled, calendar_of
from toolkit.season.matters import UNUSABLE, Matter, matters
from toolkit.season.provenance import Provenance

FATES = {
    PostState.REFUSED: Wording("信被拒收，核对邮箱", "refused: verify the address"),
    PostState.UNKNOWN: Wording("信不知道到了没有", "nobody knows whether the letter arrived"),
    PostState.SENDING: Wording("信不知道到了没有", "nobody knows whether the letter arrived"),
}


class Today(Struct, frozen=True):
    """What a cycle leaves to the coordinator; a silent body may be called or written to as well.

    ``strays`` are the files of which nobody knows whose they are: to be decided too. ``fates`` says of letters that mail
    did not surely bring, by their keys, what became of them.
    """

    phone: tuple[Matter, ...]
    decide: tuple[Matter, ...]
    send: tuple[Matter, ...]
    silent: tuple[Matter, ...]
    strays: tuple[FileState, ...]
    fates: Mapping[str, Wording]


def todays(session: Session, settled: Settled, as_of: date) -> Today:
    """Return today's list as ledger and roll-up have it now."""
    rollup = settled.rollup
    listed = matters(session.ledger, rollup, settled.outcome.roster, calendar_of(session, as_of))
    known = {matter.sha256 for matter in listed}
    origin = Provenance(session.ledger, settled.outcome.roster, rollup.year)
    strays = (
        one for one in rollup.files if one.sha256 not in known and (
            one.state == "not_on_roster" or (one.state in UNUSABLE and not (one.code or origin.of_file(one.sha256)))
        )
    )  # fmt: skip
    phone, decide, send = (tuple(one for one in listed if one.way == way) for way in ("phone", "decide", "send"))
    silent = tuple(one for one in listed if one.silent or (one.kind, one.way) == ("none", "wait"))
    posts = {key: PostState(row["state"]) for key, row in session.ledger.newest("message", "key").items()}
    fates = {key: FATES[state] for key, state in posts.items() if state in FATES}
    return Today(phone, decide, send, silent, tuple(strays), fates)
