"""Sending to a real server that errs: each post is delivered at most once, or stands as unknown; no false “sent”."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.journals import FileJournal, posts
from tests.servers import PASSWORD, USER, Certificate, Killer, SmtpServer, certificate, free_port, silent_listener
from tests.soaking import soak
from toolkit.errors import ToolkitError
from toolkit.mail import Attachment, Post, PostResult, PostState, Security, Server, Terms, message_id, send, verdict
from toolkit.mail import smtp as smtp_line

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def journal(tmp_path: Path) -> FileJournal:
    return FileJournal(tmp_path / "journal.jsonl")


def sent(given: list[Post], smtp: SmtpServer, journal: FileJournal, **options: object) -> tuple[PostResult, ...]:
    password, belongs = options.pop("password", PASSWORD), options.pop("belongs", lambda _: None)
    terms = Terms(**({"rate": 60_000, "timeout": 10} | options))  # type: ignore[arg-type]
    server = Server(
        "127.0.0.1", smtp.port, USER, Security(smtp.security),
        ca_file=None if smtp.certificate is None else smtp.certificate.authority,
    )  # fmt: skip
    return send(given, server, password, journal, belongs, terms)  # type: ignore[arg-type]


def faults(**by_recipient: str) -> object:
    """Return a fault function: ``body001="rcpt 550 no such user"``; a name without digits applies to all."""

    def fault(stage: str, to: str) -> str | None:
        for name, what in by_recipient.items():
            where, _, answer = what.partition(" ")
            if stage == where and (to.startswith(name) or name == "all"):
                return answer
        return None

    return fault


def states(results: tuple[PostResult, ...]) -> list[str]:
    return [each.state.value for each in results]


@pytest.mark.parametrize("security", ["plain", "tls", "starttls"])
def test_three_posts_go_over_one_connection(made: Certificate, journal: FileJournal, security: str) -> None:
    """With each kind of security all arrive whole over one login, and the journal has sending before sent."""
    with SmtpServer(security, made) as smtp:
        results = sent(posts(3), smtp, journal)
    assert states(results) == ["sent"] * 3
    assert all(each.tried and each.finding is None for each in results)
    assert (smtp.connections, smtp.logins) == (1, 1)
    assert [(each.sender, each.to) for each in smtp.delivered] == [(USER, post.to) for post in posts(3)]
    assert [state for _, state, _ in journal.entries] == ["sending", "sent"] * 3
    for post, delivered in zip(posts(3), smtp.delivered, strict=True):
        message = message_from_bytes(delivered.data, policy=policy.default)
        assert message["Message-ID"] == message_id(post.key, USER)
        assert message["X-Unsent"] is None
        (attached,) = message.iter_attachments()
        assert (attached.get_filename(), attached.get_content()) == (post.attachments[0].name, post.attachments[0].data)


def test_the_name_on_the_wire_is_as_mail_programs_here_want_it(made: Certificate, journal: FileJournal) -> None:
    """What the server received has both spellings of the Chinese name, each in one piece."""
    with SmtpServer("tls", made) as smtp:
        sent(posts(1), smtp, journal)
    data = smtp.delivered[0].data
    assert b'; name="=?utf-8?b?' in data
    assert b"Content-Disposition: attachment; filename*=utf-8''000_%E8%B4%A2%E6%94%BF" in data
    assert b"filename*0" not in data


def test_a_second_run_sends_nothing_twice(journal: FileJournal) -> None:
    """What the journal has as sent is skipped, also when it is asked for again by key."""
    with SmtpServer() as smtp:
        sent(posts(2), smtp, journal)
        results = sent(posts(3), smtp, journal, again=[posts(1)[0].key])
    assert states(results) == ["sent"] * 3
    assert [each.tried for each in results] == [False, False, True]
    assert len(smtp.delivered) == 3


def test_refusals_of_one_addressee_do_not_stop_the_others(journal: FileJournal) -> None:
    """550 for a recipient or after the text is refused, 450 stays planned; the rest arrive; each has its finding."""
    wrong = faults(
        body000="rcpt 550 no such user",
        body001="content 554 DT:SPM",
        body002="rcpt 450 busy",
        body003="content 452 later",
    )
    with SmtpServer(fault=wrong) as smtp:  # type: ignore[arg-type]
        results = sent(posts(6), smtp, journal, stop_after=5)
    assert states(results) == ["refused", "refused", "planned", "planned", "sent", "sent"]
    assert [each.finding and each.finding.code for each in results] == ["MAIL_004", "MAIL_011"] + ["MAIL_005"] * 2 + [
        None
    ] * 2
    assert "550 no such user" in results[0].finding.message  # type: ignore[union-attr]
    assert smtp.connections == 1
    assert journal.states("2025/000") == ["refused"]
    assert journal.states("2025/001") == ["sending", "refused"]
    assert journal.states("2025/003") == ["sending", "planned"]


def test_refused_is_tried_again_only_when_named(journal: FileJournal) -> None:
    """A next run leaves a refused post with a finding; named, it goes."""
    with SmtpServer(fault=faults(body000="rcpt 550 full")) as smtp:  # type: ignore[arg-type]
        sent(posts(1), smtp, journal)
    with SmtpServer() as smtp:
        (left,) = sent(posts(1), smtp, journal)
        assert (left.state, left.tried, left.finding and left.finding.code) == (PostState.REFUSED, False, "MAIL_009")
        assert smtp.connections == 0
        assert states(sent(posts(1), smtp, journal, again={"2025/000"})) == ["sent"]


def test_later_is_sent_by_the_next_run(journal: FileJournal) -> None:
    """What was put off with 4xx is planned and goes with the next run, once."""
    with SmtpServer(fault=faults(body000="data 451 try later")) as smtp:  # type: ignore[arg-type]
        assert states(sent(posts(1), smtp, journal)) == ["planned"]
        smtp.fault = None
        assert states(sent(posts(1), smtp, journal)) == ["sent"]
        assert len(smtp.delivered) == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_connection_lost_before_the_text_is_opened_once_more(journal: FileJournal, stage: str) -> None:
    """One drop costs nothing: the post goes over a new connection. A drop after DATA was said may be either."""
    drops = iter(["drop"])
    with SmtpServer(fault=lambda at, _: next(drops, None) if at == stage else None) as smtp:
        results = sent(posts(3), smtp, journal)
    expected = ["unknown", "sent", "sent"] if stage == "data" else ["sent", "sent", "sent"]
    assert states(results) == expected
    assert smtp.connections == 2
    assert len(smtp.delivered) == expected.count("sent")


def test_a_server_that_drops_again_leaves_the_post_planned(journal: FileJournal) -> None:
    """Two drops before DATA leave it planned and count as a failure; three in a row end the run."""
    with SmtpServer(fault=faults(all="rcpt drop")) as smtp:  # type: ignore[arg-type]
        results = sent(posts(5), smtp, journal, stop_after=3)
    assert states(results) == ["planned"] * 5
    assert [each.tried for each in results] == [True] * 3 + [False] * 2
    assert smtp.connections == 6
    assert [each.finding.code for each in results if each.finding] == ["MAIL_005"] * 3 + ["MAIL_008"] * 2


@pytest.mark.parametrize(("stage", "arrived"), [("middle", 0), ("content", 0), ("accepted", 1)])
def test_a_connection_lost_after_data_is_unknown(journal: FileJournal, stage: str, arrived: int) -> None:
    """Lost in the text or before the answer: unknown, whether or not it arrived, and left alone by the next run."""
    with SmtpServer(fault=faults(body001=f"{stage} drop")) as smtp:  # type: ignore[arg-type]
        results = sent(posts(3), smtp, journal)
        assert states(results) == ["sent", "unknown", "sent"]
        assert results[1].finding is not None and results[1].finding.code == "MAIL_006"
        assert len(smtp.delivered) == 2 + arrived
        smtp.fault = None
        assert states(sent(posts(3), smtp, journal)) == ["sent", "unknown", "sent"]
        assert len(smtp.delivered) == 2 + arrived
        (_, again, _) = sent(posts(3), smtp, journal, again=["2025/001"])
        assert again.state is PostState.SENT
    identifiers = {
        message_from_bytes(each.data)["Message-ID"] for each in smtp.delivered if each.to.startswith("body001")
    }
    assert identifiers == {message_id("2025/001", USER)}


def test_unknown_stays_unknown_until_it_is_accepted(journal: FileJournal) -> None:
    """A second try of an unknown post that fails for any reason does not make it planned or refused: it may be there."""
    journal.record("2025/000", "unknown", "")
    for what in ("rcpt 450 later", "rcpt 550 no", "content 451 later", "rcpt drop"):
        with SmtpServer(fault=faults(all=what)) as smtp:  # type: ignore[arg-type]
            (result,) = sent(posts(1), smtp, journal, again=["2025/000"])
            assert (result.state, journal.state("2025/000")) == (PostState.UNKNOWN, "unknown"), what
    with SmtpServer() as smtp:
        (kept,) = sent(posts(1), smtp, journal, again=["2025/000"], belongs=lambda _: "是民政局的")
        assert (kept.state, journal.state("2025/000")) == (PostState.UNKNOWN, "unknown")
        assert states(sent(posts(1), smtp, journal)) == ["unknown"]
        assert smtp.delivered == []


def test_a_sending_of_a_killed_run_is_unknown(journal: FileJournal) -> None:
    """An entry that nothing followed is made unknown, told, and not sent."""
    journal.record("2025/000", "sending", "")
    with SmtpServer() as smtp:
        (result,) = sent(posts(1), smtp, journal)
        assert (result.state, result.tried, smtp.delivered) == (PostState.UNKNOWN, False, [])
    assert journal.states("2025/000") == ["sending", "unknown"]


def test_an_attachment_of_another_body_is_kept_back(journal: FileJournal) -> None:
    """``belongs`` sees the very bytes that would go, just before they would; a reason keeps the message back."""
    seen: list[tuple[str, int]] = []

    def belongs(post: Post) -> str | None:
        seen.append((post.attachments[0].name, len(smtp.delivered)))
        return "里面是民政局" if post.code == "001" else None

    with SmtpServer() as smtp:
        results = sent(posts(3), smtp, journal, belongs=belongs)
        assert states(results) == ["sent", "planned", "sent"]
    assert results[1].finding is not None and results[1].finding.code == "MAIL_002"
    assert not results[1].tried
    assert [each.to[:7] for each in smtp.delivered] == ["body000", "body002"]
    assert [count for _, count in seen] == [0, 1, 1]


def test_a_post_that_cannot_go_is_told_without_asking_the_server(journal: FileJournal) -> None:
    """No usable address, and more bytes than the server takes: kept with a finding, the others go."""
    first, second, third = posts(3)
    two = Post(first.key, first.code, "a@example.cn, b@example.cn", "题", "文")
    large = Post(second.key, second.code, second.to, "题", "文", "", (Attachment("大.xlsx", bytes(40_000)),))
    with SmtpServer(size_limit=30_000) as smtp:
        results = sent([two, large, third], smtp, journal)
    assert [each.finding and each.finding.code for each in results] == ["MAIL_001", "MAIL_003", None]
    assert states(results) == ["planned", "planned", "sent"]
    assert [each.to for each in smtp.delivered] == [third.to]


def test_a_plan_can_ask_the_same_questions() -> None:
    """``verdict`` tells before any sending what would be kept back: another's attachment, no address, too many bytes."""
    (post,) = posts(1)
    large = replace(post, attachments=(Attachment("大.xlsx", bytes(15 * 2**20)),))
    assert verdict(post, lambda _: None) is None
    assert verdict(replace(post, attachments=(Attachment("大.xlsx", bytes(14 * 2**20)),)), lambda _: None) is None
    found = [
        verdict(post, lambda _: "是民政局的"),
        verdict(replace(post, to="a@b"), lambda _: None),
        verdict(large, lambda _: None),
    ]
    assert [each and each.code for each in found] == ["MAIL_002", "MAIL_001", "MAIL_003"]


def test_the_run_is_capped_and_stops_after_failures_in_a_row(journal: FileJournal) -> None:
    """``most`` counts messages of this run; ``stop_after`` counts failures that no success interrupts."""
    with SmtpServer() as smtp:
        results = sent(posts(4), smtp, journal, most=2)
        assert states(results) == ["sent", "sent", "planned", "planned"]
        assert results[2].finding is not None and results[2].finding.code == "MAIL_008"
        assert states(sent(posts(4), smtp, journal, most=2)) == ["sent"] * 4
    wrong = faults(body004="rcpt 550 a", body005="rcpt 550 b", body007="rcpt 550 c", body008="rcpt 550 d")
    with SmtpServer(fault=wrong) as smtp:  # type: ignore[arg-type]
        results = sent(posts(10)[4:], smtp, journal, stop_after=2)
        assert states(results) == ["refused", "refused", "planned", "planned", "planned", "planned"]
        results = sent(posts(10)[6:], smtp, journal, stop_after=2)
        assert states(results) == ["sent", "refused", "refused", "planned"]


@pytest.mark.parametrize(
    "answer",
    [
        "rcpt 550 Mail sending frequency limited", "content 554 too many messages", "rcpt 450 发送过于频繁",
        "mail 550 daily sending quota exceeded", "content 451 MI:SFQ 163 smtp1", "rcpt 550 RP:TRC", "mail 421 HL:IFC 163 mx",
    ],
)  # fmt: skip
def test_a_word_about_limits_stops_the_run_and_refuses_nobody(journal: FileJournal, answer: str) -> None:
    """Limits come as 5xx too; then nobody is refused, and the rest waits."""
    with SmtpServer(fault=faults(all=answer)) as smtp:  # type: ignore[arg-type]
        results = sent(posts(3), smtp, journal)
    assert states(results) == ["planned"] * 3
    assert [each.finding.code for each in results if each.finding] == ["MAIL_007", "MAIL_008", "MAIL_008"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("content 552 Message size exceeds fixed limit", ("refused", "MAIL_004")), ("rcpt 550 5.2.2 mailbox quota exceeded", ("refused", "MAIL_004")),
        ("rcpt 452 4.2.2 mailbox full", ("planned", "MAIL_005")), ("content 550 Mail content denied", ("refused", "MAIL_011")),
        ("mail 552 too large", ("refused", "MAIL_004")),
    ],
)  # fmt: skip
def test_a_limit_of_one_mailbox_is_no_limit_of_ours(
    journal: FileJournal, answer: str, expected: tuple[str, str]
) -> None:
    """Near misses: a full mailbox, a large message, a letter taken for spam: the next posts go on."""
    first = iter([answer.partition(" ")[2]])
    with SmtpServer(fault=lambda at, _: next(first, None) if at == answer.partition(" ")[0] else None) as smtp:
        results = sent(posts(2), smtp, journal)
    assert (results[0].state.value, results[0].finding and results[0].finding.code) == expected
    assert results[1].state is PostState.SENT


def test_a_refused_sender_stops_the_run_and_refuses_nobody(journal: FileJournal) -> None:
    """A server that wants another From would refuse every post: none of them is marked as refused."""
    with SmtpServer(fault=faults(all="mail 553 Mail from must equal authorized user")) as smtp:  # type: ignore[arg-type]
        results = sent(posts(3), smtp, journal)
    assert states(results) == ["planned"] * 3
    assert [each.finding.code for each in results if each.finding] == ["MAIL_010", "MAIL_008", "MAIL_008"]


def test_a_session_that_the_server_ends_is_opened_anew(journal: FileJournal) -> None:
    """421, or 163's word for too many in one connection, costs one reconnection and no post."""
    for number, words in ((1, "421 closing session"), (4, "451 MI:DMC 163 smtp1")):
        ends = iter([words])

        def fault(at: str, to: str) -> str | None:
            return next(ends, None) if (at, to[:7]) == ("rcpt", f"body00{number}") else None  # noqa: B023

        with SmtpServer(fault=fault) as smtp:
            assert states(sent(posts(6)[number - 1 : number + 2], smtp, journal)) == ["sent"] * 3
        assert smtp.connections == 2


def test_to_self_first_tells_the_journal_nothing(journal: FileJournal) -> None:
    """All go to one own address, marked with the true addressee; afterwards everything is still to be sent."""
    with SmtpServer() as smtp:
        results = sent(posts(2), smtp, journal, to_self=USER)
        assert states(results) == ["sent", "sent"]
        assert {each.to for each in smtp.delivered} == {USER}
        message = message_from_bytes(smtp.delivered[0].data, policy=policy.default)
        assert message["To"] == USER
        assert "body000@example.cn" in message["Subject"]
        assert message["Message-ID"] != message_id(posts(1)[0].key, USER)
        assert journal.entries == []
        assert states(sent(posts(2), smtp, journal)) == ["sent", "sent"]
        assert len(smtp.delivered) == 4
        with pytest.raises(ToolkitError, match="邮箱地址"):
            sent(posts(2), smtp, journal, to_self="a@b.cn, c@d.cn")


def test_messages_keep_their_distance(journal: FileJournal) -> None:
    """At 20 a minute the second message starts three seconds after the first, however long the first took."""
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    def belongs(_: Post) -> None:
        now[0] += 1

    with SmtpServer() as smtp:
        sent(posts(3), smtp, journal, rate=20, sleep=sleep, clock=lambda: now[0], belongs=belongs)
    assert slept == [2.0, 2.0]


def test_a_journal_that_cannot_be_written_stops_before_the_message(journal: FileJournal) -> None:
    """When ``sending`` cannot be recorded nothing is sent; what is raised comes through."""

    def full(key: str, state: str, detail: str) -> None:
        raise OSError(28, "No space left on device")

    journal.record = full  # type: ignore[method-assign]
    with SmtpServer() as smtp:
        with pytest.raises(OSError, match="space"):
            sent(posts(1), smtp, journal)
        assert smtp.delivered == []


def test_a_wrong_password_is_told_and_sends_nothing(made: Certificate, journal: FileJournal) -> None:
    """The remedy speaks of the authorization code; the password is in no text."""
    with SmtpServer("tls", made) as smtp, pytest.raises(ToolkitError, match="授权码") as told:
        sent(posts(1), smtp, journal, password="hunter2")
    assert "hunter2" not in f"{told.value} {told.value.english}"
    assert journal.entries == []
    with SmtpServer() as smtp, pytest.raises(ToolkitError, match="密码"):
        sent(posts(1), smtp, journal, password="密码")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_nobody_known_is_refused(
    made: Certificate, journal: FileJournal, tmp_path: Path, security: str
) -> None:
    """Of no known authority, of another one, or for another host: no password and no letter is sent."""
    elsewhere = certificate(tmp_path / "elsewhere", host="smtp.example.cn", address="127.9.9.9")
    stranger = certificate(tmp_path / "stranger")
    for shown, trusted in ((made, None), (made, stranger.authority), (elsewhere, elsewhere.authority)):
        with SmtpServer(security, shown) as smtp:
            server = Server("127.0.0.1", smtp.port, USER, Security(security), ca_file=trusted)
            with pytest.raises(ToolkitError, match="不能确认"):
                send(posts(1), server, PASSWORD, journal, lambda _: None, Terms(timeout=5))
            assert (smtp.logins, smtp.delivered, journal.entries) == (0, [], [])


def test_starttls_is_never_done_without(journal: FileJournal) -> None:
    """A server (or someone between) that does not offer STARTTLS gets no password."""
    with SmtpServer("plain") as smtp:
        server = Server("127.0.0.1", smtp.port, USER, Security.STARTTLS)
        with pytest.raises(ToolkitError, match="不提供加密"):
            send(posts(1), server, PASSWORD, journal, lambda _: None, Terms(timeout=5))
        assert smtp.logins == 0


def test_a_server_that_is_not_there_or_is_none_is_told(journal: FileJournal) -> None:
    """No listener, one that says nothing, one that speaks something else: ToolkitError before anything is sent."""
    dead = Server("127.0.0.1", free_port(), USER, Security.PLAIN)
    with pytest.raises(ToolkitError, match="连不上"):
        send(posts(1), dead, None, journal, lambda _: None, Terms(timeout=1))
    for words in (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"554 go away\r\n"):
        with silent_listener(words) as port:
            for security in (Security.PLAIN, Security.TLS):
                server = Server("127.0.0.1", port, USER, security)
                with pytest.raises(ToolkitError):
                    send(posts(1), server, None, journal, lambda _: None, Terms(timeout=0.5))
    assert journal.entries == []


def test_a_server_that_goes_away_later_only_stops_the_run(journal: FileJournal) -> None:
    """Once something was sent, a server that cannot be reached any more leaves the rest planned, without raising."""
    with SmtpServer() as smtp:

        def belongs(post: Post) -> None:
            if post.code == "001":
                smtp._controller.stop()

        smtp.fault = lambda at, to: None
        results = sent(posts(3), smtp, journal, belongs=belongs)
        smtp._controller.stop = lambda *_, **__: None  # type: ignore[method-assign]
    assert states(results) == ["sent", "planned", "planned"]
    assert [each.finding and each.finding.code for each in results] == [None, "MAIL_005", "MAIL_008"]


def test_an_answer_that_never_comes_is_unknown(journal: FileJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes the message and stays silent until the sender gives up: unknown, though it arrived."""
    monkeypatch.setattr(smtp_line, "ANSWER", 0.02)
    with SmtpServer(fault=faults(all="accepted silence")) as smtp:  # type: ignore[arg-type]
        results = sent(posts(1), smtp, journal)
    assert states(results) == ["unknown"]
    assert results[0].finding is not None and results[0].finding.code == "MAIL_006"
    assert len(smtp.delivered) == 1


@soak
def test_three_hundred_posts_under_faults_and_kills(tmp_path: Path) -> None:
    """A sender killed ten times at drawn stages, against 450, 550 and drops before and after acceptance.

    Every post is delivered at most once; what the journal has as sent arrived, what it has as refused or planned did
    not; what is neither stands as unknown.
    """
    chance, stages = random.Random(20260120), random.Random(7)
    count, kills = 300, 10

    def fault(stage: str, to: str) -> str | None:
        draw = chance.random()
        if stage == "rcpt" and draw < 0.07:
            return "450 later" if draw < 0.05 else "550 no such user"
        if stage in ("mail", "middle", "content", "accepted") and draw < {"middle": 0.02, "content": 0.02}.get(
            stage, 0.04
        ):
            return "drop"
        return None

    killer, killed = Killer(fault), 0
    with SmtpServer(fault=killer) as smtp:
        argv = [sys.executable, "-m", "tests.journals", str(smtp.port), str(tmp_path), str(count)]
        for run in range(40):
            at = stages.randrange(12, 144) if run < kills else 0
            dead, text = killer.run(argv, at, {**os.environ, "PYTHONPATH": str(ROOT)})
            assert dead == (run < kills), text
            killed += dead
            journal = FileJournal(tmp_path / "journal.jsonl")
            left = [post for post in posts(count) if journal.state(post.key) in (None, "planned", "sending")]
            if run >= kills and not left:
                break
    arrived = Counter(each.to for each in smtp.delivered)
    found = {post.to: journal.state(post.key) for post in posts(count)}
    by_state = {state: {to for to, known in found.items() if known == state} for state in PostState}
    assert killed == kills
    assert max(arrived.values()) == 1
    assert sum(len(by_state[each]) for each in (PostState.SENT, PostState.REFUSED, PostState.UNKNOWN)) == count
    assert by_state[PostState.SENT] <= set(arrived)
    assert not by_state[PostState.REFUSED] & set(arrived)
    assert set(arrived) <= by_state[PostState.SENT] | by_state[PostState.UNKNOWN]
    assert 0 < len(by_state[PostState.UNKNOWN]) < count / 4
    assert len(by_state[PostState.SENT]) > count / 2
