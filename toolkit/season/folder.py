"""The folder of a season: where everything in it is, how it is begun and found again."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from toolkit.files import created, made_folder, replaced
from toolkit.findings import fault
from toolkit.forms import form_for_year
from toolkit.run.sources import sound_roster
from toolkit.season.ledger import LEDGER_FILE, Ledger, locked, on_a_share
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

    inbox = _Place("收件")
    replies = _Place("退回")
    outbox = _Place("发件箱")
    roster = _Place("名录.xlsx")
    mail = _Place("邮箱.toml")
    key = _Place("密钥")
    """The key of the issued templates; there is none unless templates were issued with it."""
    ledger = _Place(LEDGER_FILE)
    worklist = _Place(WORKLIST_FILE)


class Settings(Struct, frozen=True):
    """What is fixed for a season, kept in the ledger; dates are ISO texts, ``last_year`` is a path or ""."""

    year: int
    region: str = ""
    region_code: str = ""
    region_level: str = "县"
    deadline: str = ""
    office: str = ""
    contact: str = ""
    last_year: str = ""


def folder_of(paths: Sequence[Path | str]) -> Folder | None:
    """Return the season to which the paths belong: one path, its folder or its 收件; None when there is no ledger."""
    if len(paths) != 1 or not isinstance(paths[0], Path) or not paths[0].is_dir():
        return None
    path = paths[0].resolve()
    for folder in (Folder(path), Folder(path.parent)):
        if folder.ledger.is_file() and path in (folder.path, folder.inbox.resolve()):
            return folder
    return None


def folder_at(path: Path) -> Folder:
    """Return the season at a path; one without a ledger raises ToolkitError."""
    folder = folder_of([path])
    if folder is None:
        raise fault("NO_SEASON", path=path, ledger=LEDGER_FILE)
    return folder


@contextlib.contextmanager
def opened_ledger(folder: Folder) -> Iterator[Ledger]:
    """Open the season's ledger, a new one where there is none, and close it at the end."""
    ledger = Ledger(folder.ledger, shared=on_a_share(folder.path))
    try:
        yield ledger
    finally:
        ledger.close()


def initiate(path: Path, settings: Mapping[str, str], *, roster: Path | None = None, mail: str = "") -> Folder:
    """Begin a season, or change its settings: folders, roster, mail settings and ledger; what is there is kept.

    ``settings`` go by name; "" leaves one as it is. A season without a year, a date that is none, a roster with errors
    and a folder that cannot be written raise ToolkitError.
    """
    sound_roster(roster)
    folder = Folder(made_folder(path))
    with locked(folder.path):
        before = {}
        if folder.ledger.is_file():
            with opened_ledger(folder) as ledger:
                before = _stored(ledger)
        valid = _settings(before | {name: value for name, value in settings.items() if value})
        for place in (folder.inbox, folder.replies, folder.outbox):
            made_folder(place)
        if roster is not None and roster.resolve() != folder.roster.resolve():
            if roster.suffix.lower() != ".xlsx":
                raise fault("ROSTER_NO_XLSX", roster=roster)
            replaced(folder.roster, roster.read_bytes())
        elif not folder.roster.exists():
            created(folder.roster, roster_bytes())
        if mail and not folder.mail.exists():
            created(folder.mail, mail.encode("utf-8"))
        with opened_ledger(folder) as ledger, ledger.transaction():
            for name, value in asdict(valid).items():
                if before.get(name) != str(value):
                    ledger.add("season", name=name, value=str(value))
    return folder


def _stored(ledger: Ledger) -> dict[str, str]:
    return {name: row["value"] for name, row in ledger.newest("season", "name").items()}


def _settings(texts: Mapping[str, str]) -> Settings:
    """Return the settings that texts by name give; what cannot be one raises ToolkitError."""
    if not texts.get("year", "").isdigit():
        raise fault("SEASON_YEAR_MISSING")
    form_for_year(int(texts["year"]))
    if texts.get("deadline"):
        try:
            datetime.date.fromisoformat(texts["deadline"])
        except ValueError:
            raise fault("DEADLINE_UNREADABLE", deadline=texts["deadline"]) from None
    names = Settings.__struct_fields__[1:]
    return Settings(int(texts["year"]), **{name: texts[name] for name in names if name in texts})


def settings_of(ledger: Ledger) -> Settings:
    """Return the settings in force."""
    return _settings(_stored(ledger))
