"""Mail settings hold no secret, connections are trusted or refused, and passwords come from the right places."""

from __future__ import annotations

from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest

from toolkit.errors import ToolkitError
from toolkit.mail import SAMPLE, Security, Server, is_filled_in, password, read_settings
from toolkit.mail.settings import trust

SERVER = Server("smtp.example.cn", 465, "clerk@example.cn")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "邮箱.toml"
    path.write_text(text, encoding="utf-8")
    return path


FILLED = SAMPLE.replace("name@163.com", "zwgk@163.com").replace("某某县政务公开办公室", "样例县政务公开办公室")


def test_the_sample_is_read_once_it_is_filled_in(tmp_path: Path) -> None:
    """The file that we hand out is sound but for its examples; as it stands it is no setting at all."""
    path = written(tmp_path, FILLED)
    settings = read_settings(path)
    assert settings.smtp == Server("smtp.163.com", 465, "zwgk@163.com", Security.TLS, "样例县政务公开办公室")
    assert settings.imap == Server("imap.163.com", 993, "zwgk@163.com", Security.TLS)
    assert settings.smtp.sender == "样例县政务公开办公室 <zwgk@163.com>"
    assert is_filled_in(path)
    assert not is_filled_in(written(tmp_path, SAMPLE.replace("\n", "\r\n")))
    assert not is_filled_in(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ('zwgk@163.com"\nname', 'name@163.com"\nname', "smtp.user"), ("zwgk@163.com", "Name@qq.com", "imap.user"),
        ("zwgk@163.com", "your.name@163.com", "smtp.user"), ("zwgk@163.com", "xxx@163.com", "smtp.user"),
        ("zwgk@163.com", "zwgk@xxx.gov.cn", "smtp.user"), ("样例县", "某某县", "smtp.name"), ("样例县", "××县", "smtp.name"),
    ],
)  # fmt: skip
def test_what_stands_in_an_example_is_no_setting(tmp_path: Path, before: str, after: str, place: str) -> None:
    """An address and a name that were left as the sample has them are faults that name their place."""
    with pytest.raises(ToolkitError, match="还是样例里的") as told:
        read_settings(written(tmp_path, FILLED.replace(before, after)))
    assert place in told.value.message


def test_what_is_left_out_has_the_usual_value(tmp_path: Path) -> None:
    """Port follows from security; a private authority's file is found beside the settings; a section may be absent."""
    text = '\ufeff[smtp]\nhost = "mail.x.gov.cn"\nuser = "a@x.gov.cn"\nsecurity = "starttls"\nca_file = "root.pem"\n'
    settings = read_settings(written(tmp_path, text))
    assert settings.imap is None
    assert settings.smtp == Server("mail.x.gov.cn", 587, "a@x.gov.cn", Security.STARTTLS, ca_file=tmp_path / "root.pem")


@pytest.mark.parametrize(
    "key",
    ["password", "Passwd", "smtp_pass", "pwd", "secret", "api_token", '"密码"', '"授权码"', '"邮箱口令"', "auth_code"],
)
def test_a_password_in_the_file_is_refused(tmp_path: Path, key: str) -> None:
    """Whatever such a key is called and wherever it stands, the file is refused and the value is not repeated."""
    for text in (
        f'{key} = "hunter2"\n',
        f'[smtp]\nhost = "smtp.163.com"\n{key} = "hunter2"\n',
        f'[x.y]\n{key} = "hunter2"',
    ):
        with pytest.raises(ToolkitError, match="密码") as told:
            read_settings(written(tmp_path, text))
        assert "hunter2" not in f"{told.value} {told.value.english}"


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """An unknown key, a wrong port, a wrong security and a bad host are each a line."""
    text = '[smtp]\nhost = "smtp 163"\nuser = "a@b.cn"\nport = true\ncolour = "red"\n[imap]\nsecurity = "ssl"\nuser = "财政"\n[pop]\n'
    with pytest.raises(ToolkitError) as told:
        read_settings(written(tmp_path, text))
    for part in ("smtp.host", "smtp.port", "smtp.colour", "imap.security", "imap.user", "pop："):
        assert part in told.value.message


@pytest.mark.parametrize("data", [b"host = ", "[smtp]\nname = '县'".encode("gb18030"), b"\xff\xfe[\x00"])
def test_a_file_that_is_no_toml_is_told(tmp_path: Path, data: bytes) -> None:
    """A broken file and one saved in GBK raise ToolkitError with the next step."""
    path = tmp_path / "x.toml"
    path.write_bytes(data)
    with pytest.raises(ToolkitError, match="写法有误"):
        read_settings(path)
    with pytest.raises(ToolkitError, match="打不开"):
        read_settings(tmp_path / "none.toml")


@pytest.mark.parametrize(
    "host", ["smtp.163.com", "10.0.0.1", "127.0.0.1.example.cn", "localhost.example.cn", "0.0.0.0", "::2"]
)
def test_a_plain_connection_is_for_this_machine_alone(host: str) -> None:
    """A password never crosses a network unprotected."""
    with pytest.raises(ToolkitError, match="没有加密"):
        trust(Server(host, 25, "a@b.cn", Security.PLAIN))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine_may_be_plain(host: str) -> None:
    """Near miss: loopback addresses need no certificate."""
    assert trust(Server(host, 25, "a@b.cn", Security.PLAIN)) is None


def test_an_authority_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing file of authorities, and one that holds none, raise ToolkitError and are never passed over."""
    empty = written(tmp_path, "no certificate")
    for path in (tmp_path / "none.pem", empty):
        with pytest.raises(ToolkitError, match="ca_file"):
            trust(Server("x.cn", 465, "a@b.cn", ca_file=path))


class _Store(keyring.backend.KeyringBackend):
    priority = 1  # type: ignore[assignment]

    def __init__(self, known: dict[tuple[str, str], str] | None) -> None:
        self._known = known
        super().__init__()

    def get_password(self, service: str, username: str) -> str | None:
        if self._known is None:
            raise keyring.errors.KeyringLocked("locked")
        return self._known.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture
def store() -> object:
    before = keyring.get_keyring()
    yield lambda known: keyring.set_keyring(_Store(known))
    keyring.set_keyring(before)


def test_the_password_comes_from_the_first_place_that_has_one(store: object) -> None:
    """Environment, then the system's store, then a prompt; blanks around a copied code are dropped."""
    known = {("nianbao", "clerk@example.cn@smtp.example.cn"): " stored\n"}
    store(known)  # type: ignore[operator]
    assert password(SERVER, environment={"NIANBAO_SMTP_PASSWORD": " abcd\n"}, ask=lambda _: "typed") == "abcd"
    assert password(SERVER, environment={"NIANBAO_SMTP_PASSWORD": " "}, ask=lambda _: "typed") == "stored"
    assert password(SERVER, ("NIANBAO_IMAP_PASSWORD",), environment={"NIANBAO_SMTP_PASSWORD": "x"}) == "stored"
    store({})  # type: ignore[operator]
    asked: list[str] = []

    def ask(words: str) -> str:
        asked.append(words)
        return " typed "

    assert password(SERVER, environment={}, ask=ask) == "typed"
    assert "clerk@example.cn" in asked[0]


def test_without_a_password_the_next_step_is_told(store: object) -> None:
    """A locked store counts as none; nothing typed raises ToolkitError and names the variable."""
    store(None)  # type: ignore[operator]
    with pytest.raises(ToolkitError, match="NIANBAO_SMTP_PASSWORD"):
        password(SERVER, environment={}, ask=lambda _: "  ")
    with pytest.raises(ToolkitError, match="NIANBAO_SMTP_PASSWORD"):
        password(SERVER, environment={})
