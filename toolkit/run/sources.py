"""What a run starts from: the files that arrived, the roster, and last year's returns."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from msgspec import Struct

from toolkit import reading
from toolkit.errors import RosterError
from toolkit.excel_in import Sheet, opens_encrypted
from toolkit.files import INBOX_FOLDER, LEDGER_FILE
from toolkit.findings import Finding, Severity, fault, finding
from toolkit.forms.sheets import DETAIL_SUFFIX
from toolkit.returns import Decisions
from toolkit.roster import Roster, roster_from_csv, roster_from_rows
from toolkit.scale.remote import File, Remote, listed

LOCK_FILES = ("~$", ".~", ".")
"""How the names of lock files and hidden files begin (Excel, WPS and LibreOffice)."""


Location = Path | str
"""Where files are: a path here, or an address such as ``s3://bucket/folder``."""


class Kept(Struct, frozen=True):
    """The files of a season that is over, with what was decided about them and the roster by which they were settled."""

    path: Path
    decisions: Decisions = Decisions()
    roster: Path | None = None


def outside_seasons(paths: Iterable[Location | Kept]) -> None:
    """Make sure that no path is a season's folder or its 收件: only its commands follow its ledger; else raise ToolkitError."""
    for path in paths:
        if isinstance(path, Path) and path.is_dir():
            real = path.resolve()
            if ((real.parent if real.name == INBOX_FOLDER else real) / LEDGER_FILE).is_file():
                raise fault("SEASON_FOR_COMMANDS", path=path)


class Inputs(Struct, frozen=True):
    """The files to look at, each with the name that outputs use, and what was skipped and why."""

    files: tuple[File, ...]
    skipped: tuple[Finding, ...]


def inputs(paths: Sequence[Location], *, without: Iterable[Path] = ()) -> Inputs:
    """List the files under the paths and addresses, folders with all their sub-folders, sorted by name.

    A path or address that does not exist raises ToolkitError. Lock files, hidden files and those in ``without`` (outputs, the
    roster) are left out; what is left out for its name is said in a finding.
    """
    left_out = {output.resolve() for output in without}
    files: dict[str, File] = {}
    skipped: list[Finding] = []
    for path in paths:
        if isinstance(path, str):
            for remote, name in listed(path):
                if _passed_over(name):
                    skipped.append(finding("FILE_090", file=name))
                elif name.endswith(DETAIL_SUFFIX):
                    skipped.append(finding("FILE_093", file=name))
                else:
                    files.setdefault(remote.address, (remote, name))
            continue
        if not path.exists():
            raise fault("PATH_MISSING", path=path)
        members = [path] if not path.is_dir() else sorted(file for file in path.rglob("*") if not file.is_dir())
        for file in members:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            real = Path(os.path.realpath(file))  # resolve() raises for a link to itself
            if real in left_out or str(real) in files or any(parent in left_out for parent in real.parents):
                continue
            if _passed_over(name):
                skipped.append(finding("FILE_090", file=name))
                continue
            if _is_detail(file):
                skipped.append(finding("FILE_093", file=name))
                continue
            # A link in a folder is handed on as the link it is, and refused; a path that was typed may be one.
            files[str(real)] = (file if path.is_dir() else real, name)
    times = Counter(name for _, name in files.values())
    named = [(file, _whole(file) if times[name] > 1 else name) for file, name in files.values()]
    return Inputs(tuple(sorted(named, key=lambda pair: pair[1])), tuple(skipped))


def _passed_over(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith(LOCK_FILES) for part in parts) or parts[-1].lower() in _SYSTEM_FILES


def _is_detail(path: Path) -> bool:
    """Tell a Parquet file by its name and its first bytes."""
    if not path.name.endswith(DETAIL_SUFFIX) or path.is_symlink():
        return False
    try:
        with path.open("rb") as file:
            return path.is_file() and file.read(4) == b"PAR1"
    except OSError:
        return False


def _whole(file: Path | Remote) -> str:
    return file.address if isinstance(file, Remote) else file.as_posix()


_SYSTEM_FILES = ("thumbs.db", "desktop.ini")


def read_roster(path: Path) -> tuple[Roster, tuple[Finding, ...]]:
    """Read 名录.xlsx or a csv file; a file that is neither raises ToolkitError."""
    if path.suffix.lower() in (".csv", ".txt"):
        return roster_from_csv(path)
    book = reading.open_guarded(path)
    if isinstance(book, Finding):
        raise fault("ROSTER_REFUSED", path=path, **book.wordings())
    for sheet in book.sheets:
        rows = _rows(sheet)
        if any("信用代码" in text for row in rows[:10] for text in row):
            return roster_from_rows(rows, file=path.name, sheet=sheet.name)
    raise fault("ROSTER_COLUMN_MISSING", path=path)


ROSTER_ROWS, ROSTER_COLUMNS = 20_000, 60
"""How far a roster is read: a stray cell at the far corner of the sheet is none of it."""


def _rows(sheet: Sheet) -> list[list[str]]:
    """Return the texts of a sheet's upper left part as rows of one width."""
    texts = {
        place: _cell_text(cell.value)
        for place, cell in sheet.cells.items()
        if cell.value is not None and place[0] < ROSTER_ROWS and place[1] < ROSTER_COLUMNS
    }
    height = 1 + max((row for row, _ in texts), default=-1)
    width = 1 + max((column for _, column in texts), default=-1)
    return [[texts.get((row, column), "") for column in range(width)] for row in range(height)]


def _cell_text(value: object) -> str:
    return "" if value is None else str(value)


MOST_PASSWORDS = 50
"""Each costs a tenth of a second for each encrypted file."""


def load_passwords(path: Path) -> tuple[str, ...]:
    """Read passwords, one a line; a file that cannot be read or has too many, and a missing extra, raise ToolkitError."""
    if not opens_encrypted():
        raise fault("CRYPTO_MISSING")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise fault("PASSWORD_FILE_UNREADABLE", path=path, kind=type(error).__name__) from error
    passwords = tuple(dict.fromkeys(line for line in text.splitlines() if line != ""))
    if len(passwords) > MOST_PASSWORDS:
        raise fault("PASSWORDS_TOO_MANY", path=path, count=len(passwords), most=MOST_PASSWORDS)
    return passwords


def sound_roster(path: Path | None) -> Roster | None:
    """Read a roster that must be usable; errors in it raise RosterError with all of them."""
    if path is None:
        return None
    roster, findings = read_roster(path)
    faults = [fault for fault in findings if fault.severity is Severity.ERROR]
    if faults:
        raise RosterError(
            path.name, tuple(f"{fault.cell or ''} {fault.message} 改法：{fault.remedy}" for fault in faults)
        )
    return roster
