"""The folder of a season: where everything in it is, how it is begun and found again."""

from __future__ import annotations

import contextlib
import datetime
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from toolkit.files import INBOX_FOLDER, created, made_folder, replaced
from toolkit.findings import Wording, fault, phrase
from toolkit.forms import form_for_year, own_forms, own_texts, use_form
from toolkit.mail import SAMPLE, is_filled_in, read_settings
from toolkit.returns import Decisions
from toolkit.roster import Roster, code_fault
from toolkit.roster.tokens import Key, key_mark, load_key
from toolkit.run import Job, run
from toolkit.run.preceding import load_last_year
from toolkit.run.sources import Kept, Location, load_passwords, sound_roster
from toolkit.season.double_clicks import write_double_clicks
from toolkit.season.ledger import LEDGER_FILE, Ledger, locked, on_a_share, received, standings, waivers
from toolkit.season.worklist import WORKLIST_FILE
from toolkit.workbook.rosters import roster_bytes


class _Place:
    """Where something is in a season's folder, whether or not it is there yet."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, folder: Folder, _: type[Folder]) -> Path:
        return folder.path / self.name


class Folder(Struct, frozen=True):
    """A season's folder by its path, and the places in it."""

    path: Path

    inbox = _Place(INBOX_FOLDER)
    replies = _Place("退回")
    outbox = _Place("发件箱")
    roster = _Place("名录.xlsx")
    mail = _Place("邮箱.toml")
    key = _Place("密钥")
    """The key of the issued templates; there is none unless templates were issued with it."""
    ledger = _Place(LEDGER_FILE)
    worklist = _Place(WORKLIST_FILE)
    memory = _Place("台账.cache")
    """What need not be read again; it may be deleted."""
    form = _Place("表式.toml")
    """The form of one's own that the season was begun with; without it the year's official one is in use."""


class Settings(Struct, frozen=True):
    """What is fixed for a season, kept in the ledger as texts: dates are ISO, secrets and ``last_year`` are paths or "".

    ``remind_before`` and ``remind_after`` are the days before and after the deadline on which the silent are reminded.
    """

    year: int
    region: str = ""
    region_code: str = ""
    region_level: str = "县"
    deadline: str = ""
    office: str = ""
    contact: str = ""
    last_year: str = ""
    password_file: str = ""
    key: str = ""
    jobs: str = ""
    remind_before: str = ""
    remind_after: str = ""

    @property
    def due(self) -> datetime.date:
        """Return the deadline."""
        return datetime.date.fromisoformat(self.deadline)

    @property
    def reminders(self) -> tuple[datetime.date, ...]:
        """Return the days on which the silent are to be reminded, in their order; none where nothing is planned."""
        days = [-int(day) for day in _DAYS.findall(self.remind_before)] + list(
            map(int, _DAYS.findall(self.remind_after))
        )
        return tuple(self.due + datetime.timedelta(day) for day in sorted(days))


_DAYS = re.compile("[0-9]+")
_PATHS = ("last_year", "password_file", "key")
"""The settings that are paths: those in the season's folder are kept as they stand in it, for it may be moved."""


def folder_of(paths: Sequence[Path | str]) -> Folder | None:
    """Return the season to which the paths belong: one path, its folder or its 收件; None when there is no ledger.

    A form of one's own that it has is in use from then on.
    """
    if len(paths) != 1 or not isinstance(paths[0], Path) or not paths[0].is_dir():
        return None
    path = paths[0].resolve()
    for folder in (Folder(path), Folder(path.parent)):
        if folder.ledger.is_file() and path in (folder.path, folder.inbox.resolve()):
            if folder.form.is_file():
                use_form(folder.form)
            return folder
    return None


def folder_at(path: Path) -> Folder:
    """Return the season at a path; one without a ledger raises ToolkitError."""
    folder = folder_of([path])
    if folder is None:
        raise fault("NO_SEASON", path=path, ledger=LEDGER_FILE)
    return folder


def kept(path: Location) -> Location | Kept:
    """Return a season that is over with what its ledger decided, which is read from a copy; any other path as it is."""
    folder = folder_of([path])
    if folder is None:
        return path
    with tempfile.TemporaryDirectory(prefix="nianbao-", ignore_cleanup_errors=True) as room:
        for file in folder.path.glob(f"{LEDGER_FILE}*"):
            shutil.copy(file, room)
        with contextlib.closing(Ledger(Path(room) / LEDGER_FILE)) as ledger:
            decisions = Decisions(waivers=waivers(ledger), standing=standings(ledger), received=received(ledger))
    return Kept(folder.path, decisions, folder.roster if folder.roster.is_file() else None)


@contextlib.contextmanager
def opened_ledger(folder: Folder) -> Iterator[Ledger]:
    """Open the season's ledger, a new one where there is none, and close it at the end."""
    ledger = Ledger(folder.ledger, shared=on_a_share(folder.path))
    try:
        yield ledger
    finally:
        ledger.close()


def initiate(path: Path, settings: Mapping[str, str], *, roster: Path | None = None) -> Folder:
    """Begin a season, or change its settings: folders, roster, mail settings and ledger; what is there is kept.

    ``settings`` go by name; "" empties one: what it is without it is in force again. What cannot be used raises ToolkitError before anything is written:
    a season without a year, a date that is none, a roster with errors, a secret that cannot be read, another season's
    key, last year's returns that are none, mail settings with faults.
    """
    bodies = sound_roster(roster)
    folder = Folder(made_folder(path).resolve())
    with locked(folder.path):
        before = {}
        if folder.ledger.is_file():
            with opened_ledger(folder) as ledger:
                before = _stored(ledger)
        new = {name: _kept(folder, value) if name in _PATHS else value for name, value in settings.items()}
        valid = _settings(before | new)
        _checked(folder, valid, new, bodies)
        for place in (folder.inbox, folder.replies, folder.outbox):
            made_folder(place)
        if roster is not None and roster.resolve() != folder.roster.resolve():
            if roster.suffix.lower() != ".xlsx":
                raise fault("ROSTER_NO_XLSX", roster=roster)
            replaced(folder.roster, roster.read_bytes())
        elif not folder.roster.exists():
            created(folder.roster, roster_bytes())
        if not folder.mail.exists():
            created(folder.mail, SAMPLE.encode("utf-8"))
        if (form := form_for_year(valid.year)) in own_forms():
            replaced(folder.form, own_texts()[own_forms().index(form)].encode("utf-8"))
        write_double_clicks(folder.path)
        with opened_ledger(folder) as ledger, ledger.transaction():
            for name, value in asdict(valid).items():
                if before.get(name) != str(value):
                    ledger.add("season", name=name, value=str(value))
    return folder


def _kept(folder: Folder, value: str) -> str:
    path = Path(value).resolve()
    if not value:
        return ""
    return path.relative_to(folder.path).as_posix() if path.is_relative_to(folder.path) else str(path)


def _checked(folder: Folder, settings: Settings, new: Mapping[str, str], roster: Roster | None) -> None:
    """Make sure that what was set can be used."""
    passwords = passwords_of(folder, settings) if new.get("password_file") else ()
    if settings.region_code and (why := code_fault(settings.region_code)) is not None:
        raise fault("REGION_CODE_WRONG", code=settings.region_code, why=why)
    if new.get("key"):
        _own_key(folder, folder.path / settings.key)
    if is_filled_in(folder.mail):
        read_settings(folder.mail)
    if new.get("last_year"):
        known = roster or (sound_roster(folder.roster) if folder.roster.is_file() else None)
        load_last_year((kept(folder.path / settings.last_year),), settings.year, known, passwords=passwords)


def _own_key(folder: Folder, path: Path) -> None:
    """Refuse a key of another season: one in its folder, or one that none of the returns in 收件 was issued with."""
    mark, home = load_key(path).mark, path.resolve().parent
    if home != folder.path and (home / LEDGER_FILE).is_file():
        raise fault("KEY_OF_ANOTHER_SEASON", path=path, why=phrase("key_beside", season=home.name))
    received = run(Job((folder.inbox,), "read", jobs=1)).readings if folder.inbox.is_dir() else ()
    marks = [key_mark(file.ret.identity.token) for file in received if file.ret is not None]
    if any(marks) and mark not in marks:
        raise fault("KEY_OF_ANOTHER_SEASON", path=path, why=phrase("key_of_none", count=len(list(filter(None, marks)))))


def summary(folder: Folder) -> tuple[Wording, ...]:
    """Return the settings in force in a few lines, and what is still to be filled in."""
    with opened_ledger(folder) as ledger:
        settings = settings_of(ledger)
    roster = sound_roster(folder.roster)
    count = 0 if roster is None else len(roster.expected(settings.year))
    key, days = key_of(folder, settings), "、".join(day.isoformat() for day in settings.reminders)
    lines = [
        phrase("season_of", year=settings.year, region=settings.region, deadline=settings.deadline, count=count),
        phrase("season_last" if settings.last_year else "season_no_last", path=settings.last_year),
        phrase("season_no_key") if key is None else phrase("season_key", path=settings.key or folder.key.name),
        *([phrase("season_passwords", path=settings.password_file)] if settings.password_file else []),
        phrase("season_reminders", days=days) if days else phrase("season_no_reminders"),
        phrase("season_mail" if is_filled_in(folder.mail) else "season_no_mail", file=folder.mail.name),
    ]
    return tuple(lines)


def key_of(folder: Folder, settings: Settings) -> Key | None:
    """Return the season's key: the one that was set, else 密钥 in its folder; None where templates had none."""
    path = folder.path / settings.key if settings.key else folder.key
    return load_key(path) if settings.key or path.is_file() else None


def passwords_of(folder: Folder, settings: Settings) -> tuple[str, ...]:
    """Return the passwords in the file that was set, none where none was."""
    return load_passwords(folder.path / settings.password_file) if settings.password_file else ()


def _stored(ledger: Ledger) -> dict[str, str]:
    return {name: row["value"] for name, row in ledger.newest("season", "name").items()}


def _settings(texts: Mapping[str, str]) -> Settings:
    """Return the settings that texts by name give; what cannot be one raises ToolkitError.

    Without a deadline it is 31 January, as the law has it.
    """
    if not texts.get("year", "").isdigit():
        raise fault("SEASON_YEAR_MISSING")
    year = int(texts["year"])
    form_for_year(year)
    deadline = texts.get("deadline") or f"{year + 1}-01-31"
    try:
        day = datetime.date.fromisoformat(deadline)
    except ValueError:
        raise fault("DEADLINE_UNREADABLE", deadline=deadline) from None
    if day.year != year + 1:
        raise fault("DEADLINE_OF_ANOTHER_YEAR", deadline=deadline, year=year, next=year + 1)
    for name in ("remind_before", "remind_after"):
        if not re.fullmatch(r"([0-9]{1,3}([\s,，、]+|$))*", texts.get(name, "")):
            raise fault("REMINDER_DAYS_UNREADABLE", days=texts[name])
    names = Settings.__struct_fields__[1:]
    return Settings(year, **{name: texts[name] for name in names if texts.get(name)} | {"deadline": deadline})


def settings_of(ledger: Ledger) -> Settings:
    """Return the settings in force."""
    return _settings(_stored(ledger))
