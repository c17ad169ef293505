"""Today's list: whom to call, what to decide, what can be sent, and who is still silent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from toolkit.findings import Wording
from toolkit.mail import PostState
from toolkit.returns import FileState
from toolkit.season.cycle import Session, Settled, calendar_of
from toolkit.season.ledger import assigned, received
from toolkit.season.matters import UNUSABLE, Matter, matters
from toolkit.season.provenance import Provenance

FATES = {
    PostState.REFUSED: Wording("信被拒收，核对邮箱", "refused: verify the address"),
    PostState.UNKNOWN: Wording("信不知道到了没有", "nobody knows whether the letter arrived"),
    PostState.SENDING: Wording("信不知道到了没有", "nobody knows whether the letter arrived"),
}


class Today(Struct, frozen=True):
    """What a cycle leaves to the coordinator; a silent body may be called or written to as well.

    ``strays`` are the files of which nobody knows whose they are, and what a body sent beside a return of its own that can
    be read, until the coordinator says whose it is: to be decided too. ``fates`` says of letters that mail
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
    came, looked_at = received(session.ledger), assigned(session.ledger)
    usable = {one.sha256 for one in rollup.files if one.state not in UNUSABLE}
    standing = {one.code: came.get(one.sha256, 0.0) for one in listed if one.sha256 in usable}

    def undecided(one: FileState) -> bool:
        """Tell whether somebody has to say whose a file is, or look at what came to a return that stands."""
        code = one.code or origin.of_file(one.sha256)
        if one.state not in UNUSABLE or not code:
            return one.state in ("not_on_roster", *UNUSABLE)
        late = code in standing and came.get(one.sha256, 0.0) >= standing[code]
        return late and one.state != "not_ours" and one.sha256 not in looked_at

    strays = (one for one in rollup.files if one.sha256 not in known and undecided(one))
    phone, decide, send = (tuple(one for one in listed if one.way == way) for way in ("phone", "decide", "send"))
    passed = {one.sha256 for one in rollup.files if one.state == "merged"}
    waiting = [
        one for one in listed if one.way == "wait" and one.kind in ("none", "chase") and one.sha256 not in passed
    ]
    silent = tuple(one for one in listed if one.silent or one in waiting)
    posts = {key: PostState(row["state"]) for key, row in session.ledger.newest("message", "key").items()}
    fates = {key: FATES[state] for key, state in posts.items() if state in FATES}
    return Today(phone, decide, send, silent, tuple(strays), fates)
