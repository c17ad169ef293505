"""Collecting from a server with the manners of 163: who we are is said first, and a refused message is told."""

from __future__ import annotations

import pytest

from tests.incoming import NAME, book, file, letter
from tests.servers import PASSWORD, USER, stubborn_imap
from toolkit.errors import ToolkitError
from toolkit.mail import Arrival, Oddity, Security, Server, collect_imap
from toolkit.season import recognise


def test_who_we_are_is_said_before_the_folder_is_asked_for() -> None:
    """ID comes between LOGIN and EXAMINE, texts are peeked at, and nothing is asked for that could change the mailbox."""
    with stubborn_imap([letter([file(book())])]) as (port, commands):
        found = list(collect_imap(Server("127.0.0.1", port, USER, Security.PLAIN), PASSWORD, recognise, timeout=5))
    assert [each.name for each in found] == [NAME]
    verbs = [each.split()[0].upper() for each in commands]
    assert verbs.index("LOGIN") < verbs.index("ID") < verbs.index("EXAMINE")
    assert not {"SELECT", "STORE", "EXPUNGE", "COPY", "MOVE", "APPEND"} & set(verbs)
    assert [each for each in commands if "FETCH" in each and "BODY" in each] == ["UID FETCH 1 (BODY.PEEK[])"]
    assert "STORE" not in " ".join(commands)


def test_an_unsafe_login_has_a_remedy() -> None:
    """When the server is not pleased even then, the next step is told and not the server's English alone."""
    with stubborn_imap([], pleased=False) as (port, _), pytest.raises(ToolkitError, match="授权码"):
        list(collect_imap(Server("127.0.0.1", port, USER, Security.PLAIN), PASSWORD, recognise, timeout=5))


def test_a_message_that_the_server_will_not_give_is_told() -> None:
    """A refused message is an oddity with the server's words, read in GB18030; the next one comes."""
    with stubborn_imap([None, letter([file(book())])]) as (port, _):
        first, second = collect_imap(Server("127.0.0.1", port, USER, Security.PLAIN), PASSWORD, recognise, timeout=5)
    assert isinstance(first, Oddity)
    assert first.finding.code == "MAIL_029"
    assert "系统忙" in first.finding.message
    assert isinstance(second, Arrival)


def test_starttls_is_never_done_without() -> None:
    """A server (or someone between) that does not offer STARTTLS gets no password."""
    with stubborn_imap([]) as (port, commands), pytest.raises(ToolkitError, match="不提供加密"):
        list(collect_imap(Server("127.0.0.1", port, USER, Security.STARTTLS), PASSWORD, recognise, timeout=5))
    assert not any("LOGIN" in each.upper() or PASSWORD in each for each in commands)
