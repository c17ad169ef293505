"""What the page asks of the toolkit, in the one interpreter that the browser runs: the chain of the API on dropped files.

A question has a name, one value (JSON) and an answer: a value, or bytes to be saved. What goes wrong for the person at
the page is ToolkitError, whose sentence is shown; anything else ends this interpreter, and the page starts another.
"""

from __future__ import annotations

import base64
import gc
import json
import pickle
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from toolkit import reading
from toolkit.errors import ToolkitError
from toolkit.findings import Finding
from toolkit.forms import Form, use_form
from toolkit.merging.versions import BEIJING, beijing
from toolkit.outputs.contract import check_json, finding_json, merge_json, value_json
from toolkit.outputs.letters import Addressee, Letter, Letterhead, Sender, Submission, reminder
from toolkit.outputs.letters.occasions import Occasions, in_question, letter_about, letter_files, letter_stem
from toolkit.page.packing import zipped
from toolkit.returns import BodyState, Checked, Decisions, FileState, ReadFile, Region, Standing, Waiver
from toolkit.returns.status import level_of
from toolkit.roster import Roster
from toolkit.run import Job, Outcome, run, verbs
from toolkit.run.chain import not_empty
from toolkit.run.examination import Examination
from toolkit.run.importing import import_report
from toolkit.run.reply_folder import Written, replies
from toolkit.run.rollup_file import save_rollup
from toolkit.run.sources import inputs, read_roster
from toolkit.scale.remote import At
from toolkit.workbook.rollup.charts import charted
from toolkit.workbook.rollup.sums import Sums
from toolkit.workers import FREE_OBJECTS, Lost

FILES = Path("/files")
"""Where the page puts what was dropped."""
MADE = Path("/made")
"""Where the toolkit writes what the page saves."""
ROLLUP = "汇总.xlsx"
PASTED = "粘贴的报告"
LETTERS = "信"
"""Where the letters are in the zip of the replies."""
HALF = 2
"""Where one return in so many of a folder is of the year before, they are last year's; one in more is a stray."""

Json = Any


class Known(Struct, frozen=True):
    """What was read of a file: the file, and the roster or the form of one's own that it is."""

    file: ReadFile
    roster: Roster | None = None
    form: Form | None = None


class Pile:
    """The files that were dropped, what was read of them, and what came of the last job."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.job = Job()
        self.outcome: Outcome | None = None
        self.coming: Iterator[tuple[str, bytes, Written | None]] = iter(())
        self.members: dict[str, bytes] = {}
        self.workbooks: dict[str, str] = {}
        self.options: Json = {}

    def put(self, names: list[str]) -> Json:
        """Take a new pile of files by their names; return which of them are to be read, and which are passed over."""
        self.__init__()  # type: ignore[misc]
        for folder in (FILES, MADE):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        for name in names:
            path = path_of(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        listed = inputs((FILES,))
        names = sorted((name for _, name in listed.files), key=lambda name: not name.endswith(".toml"))
        return {"files": names, "skipped": [finding_json(one) for one in listed.skipped]}

    def read(self, name: str, modified: float) -> bytes:
        """Read one file, whose bytes are in place; return what another interpreter can ``restore`` it from."""
        path = path_of(name)
        if path.suffix.lower() == ".toml":
            return self.restore(name, pickle.dumps(Known(ReadFile(name, "", None, ()), None, use_form(path))))
        file = Examination().read(At(path, name, modified))
        roster = None
        if file.ret is None:
            try:
                roster, _ = read_roster(path)
            except (ToolkitError, ValueError, OSError):  # what is no roster stays what it is
                path.write_bytes(b"")
        return self.restore(name, pickle.dumps(Known(file, roster)))

    def restore(self, name: str, state: bytes) -> bytes:
        """Take back what another interpreter read."""
        self.known[name] = pickle.loads(state)  # noqa: S301 – our own interpreter wrote it
        return state

    def lose(self, name: str, why: str) -> bytes:
        """Note a file that could not be read within the limits, or that the browser does not give."""
        file = reading.lost((path_of(name), name), Lost(why))
        return self.restore(name, pickle.dumps(Known(file)))

    def judge(self, **options: Json) -> Json:
        """Check and merge the pile: by what the page was set to, or what the files say."""
        stated = Counter(one.file.ret.year for one in self.known.values() if one.file.ret is not None)
        years = sorted(year for year in stated if year is not None)
        year = options.get("year") or next((one for one in reversed(years) if 4 * stated[one] >= stated.total()), None)
        rosters = sorted(name for name, one in self.known.items() if one.roster is not None)
        roster = path_of(rosters[0]) if rosters else None
        forms = [name for name, one in self.known.items() if one.form is not None]
        earlier = self._earlier(year) if options.get("last", True) else []
        self.job = Job(
            paths=(FILES,), wanted="merge", year=year, roster=roster, jobs=1, empty=True,
            last_year=tuple(map(path_of, earlier)), without=tuple(map(path_of, (*earlier, *forms))),
            region=Region(options.get("region", ""), options.get("region_code", ""), options.get("level", "")),
            decisions=_decisions(options), as_of=options["as_of"],
            known={name: one.file for name, one in self.known.items()},
        )  # fmt: skip
        if year is None:
            self.job = replace(self.job, wanted="check")
        self.outcome = outcome = run(self.job)
        rollup = outcome.rollup
        self.options = options
        merged = rollup if rollup is not None and rollup.merged else None
        return {
            "check": check_json(outcome.checked, outcome.inputs.skipped, outcome.year),
            "words": {one.file: [_words(finding) for finding in one.findings] for one in outcome.checked},
            "merge": merged and merge_json(merged, Path(ROLLUP), details=None, previous=None, sources=True),
            "year": outcome.year,
            "years": years,
            "roster": rosters[:1],
            "last": earlier,
            "files": [] if rollup is None else list(map(_state, rollup.files)),
            "bodies": [] if rollup is None else list(map(_state, rollup.bodies)),
            "charts": [
                {"title": title, "rows": [[label, value_json(value)] for label, _, value in rows]}
                for title, rows in ([] if merged is None else charted(Sums(merged)))
            ],
        }

    def _earlier(self, year: int | None) -> list[str]:
        """Return the files that are last year's: roll-ups of it, and returns that are half of their folder or more.

        One return of last year among many of this year is a mistake of its body, and told as one; among the files of
        one single body it is what this year's is compared with.
        """
        returns = [(PurePosixPath(name), one.file.ret) for name, one in self.known.items() if one.file.ret is not None]
        before = [(path, ret.identity) for path, ret in returns if year is not None and ret.year == year - 1]
        folders = Counter(path.parent for path, _ in returns)
        there = Counter(path.parent for path, _ in before)
        alone = len({ret.identity.code for _, ret in returns}) == 1
        return sorted(
            path.as_posix()
            for path, body in before
            if alone or body.kind == "rollup" or HALF * there[path.parent] >= folders[path.parent]
        )

    def _done(self) -> Outcome:
        assert self.outcome is not None, "the page asks for results when there are some"
        return self.outcome

    def rollup(self) -> bytes:
        """Return the roll-up workbook."""
        rollup = self._done().rollup
        assert rollup is not None, "the page shows the button when something was merged"
        return save_rollup(MADE / ROLLUP, not_empty(rollup)).workbook.read_bytes()

    def begin(self) -> int:
        """Begin with the replies; return how many files there will be."""
        done = self._done()
        self.coming = replies(done.checked, done.roster, None, done.year, done.last_year)
        self.members, self.workbooks = {}, {}
        return 1 + sum(one.ret is not None for one in done.checked)

    def more(self) -> bool:
        """Make the next reply; return whether there was one."""
        for name, data, answer in self.coming:
            self.members[name] = data
            if answer is not None:
                self.workbooks[answer.answers] = name
            return True
        return False

    def packed(self) -> bytes:
        """Return the replies in one zip, and the letters that go with them in a folder of it."""
        return zipped(self.members | {f"{LETTERS}/{name}": data for name, data in letter_files(self.letters()).items()})

    def letters(self) -> dict[str, Letter]:
        """Return the letter of each body by its stem: about what it sent, or the reminder to one that sent nothing."""
        done, written = self._done(), {}
        if done.rollup is None:
            return {}
        year, rollup, occasions = done.rollup.year, done.rollup, Occasions(done.rollup)
        known = {} if done.roster is None else {body.code: body for body in done.roster.expected(year)}
        office, contact, due = (self.options.get(name, "") for name in ("office", "contact", "deadline"))
        by = Sender(office or f"{rollup.region}政务公开主管部门", contact)
        now, deadline = datetime.now(BEIJING), date.fromisoformat(due or f"{year + 1}-01-31")
        for body in rollup.bodies:
            if not body.code or body.state == "not_expected":
                continue
            head = Letterhead(Addressee(body.name, body.code, year), by, deadline, date.fromisoformat(self.job.as_of))
            files = [file for file in rollup.files if file.code == body.code]
            occasion = occasions.of(body, files)
            if occasion is not None and occasion.kind == "none":
                continue
            if occasion is None or occasion.file is None:
                letter = reminder(head)
            else:
                sent = _submissions([occasions.checked[file.file, file.sha256] for file in files])
                about = list(filter(in_question, files)) if occasion.kind == "versions" else [occasion.file]
                name = "" if occasion.kind in ("versions", "final") else self.workbooks.get(occasion.file.sha256, "")
                letter = letter_about(
                    head, [sent[one.file] for one in about], occasion.kind, occasion.remedy, at=now, name=name
                )
            written[letter_stem(head, known.get(body.code), letter)] = letter
        return written

    def one(self, file: str) -> Json:
        """Return the reply of one file, its name and its bytes; None when there is nothing to send back."""
        done = self._done()
        only = [one for one in done.checked if one.file == file]
        for name, data, answer in replies(only, done.roster, None, done.year, done.last_year):
            return None if answer is None else _saved(name, data)
        return None

    def templates(self, year: int) -> bytes:
        """Return the templates of a year in one zip: one a body with a roster, else the blank."""
        folder = _emptied(MADE / "空白表")
        earlier = self.job.last_year if self.job.roster is not None and year == self.job.year else ()
        written = verbs.template(year, folder, roster=self.job.roster, last_year=earlier)
        return zipped({path.name: path.read_bytes() for path in written})

    def publish(self, file: str, draft: bool) -> bytes:
        """Return the official report of a file as a web page."""
        target = _emptied(MADE / "报告") / "报告.html"
        job = self.job
        made = verbs.publish(
            path_of(file), target, draft=draft, year=job.year, roster=job.roster, last_year=job.last_year
        )
        return made.read_bytes()

    def paste(self, text: str, year: int, respondent: str, code: str) -> Json:
        """Make a workbook of a report that was pasted: its tables with tabs between the cells; check it."""
        folder = _emptied(MADE / "粘贴")
        source = folder / f"{PASTED}.txt"
        source.write_text(text, encoding="utf-8")
        made = import_report(source, folder / f"{PASTED}.xlsx", year=year, respondent=respondent, code=code)
        findings = [finding_json(one) for one in made.report.findings]
        words = list(map(_words, made.report.findings))
        return {"findings": findings, "words": words, **_saved(made.output.name, made.output.read_bytes())}


def _decisions(options: Json) -> Decisions:
    """Return what was decided on the page: the newest of two versions, errors that are waived, versions that count."""
    waivers = {code: Waiver(reason) for code, reason in options.get("waivers", {}).items()}
    adopted = {code: Standing(adopted=sha256) for code, sha256 in options.get("adopted", {}).items()}
    return Decisions(bool(options.get("prefer")), waivers, adopted)


def _words(finding: Finding) -> Json:
    """Return the words beside a finding's own: its level, and what it says in English."""
    level = level_of(finding)
    return {"level": level, "level_en": level.en, "message": finding.message_en, "remedy": finding.remedy_en}


def _saved(name: str, data: bytes) -> Json:
    return {"name": name, "base64": base64.b64encode(data).decode()}


def _submissions(files: Sequence[Checked]) -> dict[str, tuple[Checked, Submission]]:
    """Return the files of one body as it knows them, by name: the first to come is its first version."""
    turns = {one.file: 0 if one.ret is None else one.ret.identity.round for one in files}
    ordered = sorted(files, key=lambda one: (turns[one.file], one.modified, one.file))
    return {
        one.file: (one, Submission(PurePosixPath(one.file).name, beijing(one.modified), at, turns[one.file]))
        for at, one in enumerate(ordered, 1)
    }


def _state(one: FileState | BodyState) -> Json:
    """Return the state of a file or of a body, and its words in both languages."""
    reason = getattr(one, "reason", "")
    words = {"words": one.words, "words_en": one.words.en, "reason_en": getattr(reason, "en", reason)}
    return asdict(one) | {"files": list(getattr(one, "files", ()))} | words


def path_of(name: str) -> Path:
    """Return where a file of the page is: its own name below FILES, whatever dots are in it."""
    return FILES.joinpath(*(part for part in PurePosixPath(name).parts if part not in ("/", "..")))


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


gc.set_threshold(FREE_OBJECTS)
Examination().prepare()
_PILE = Pile()


def ask(name: str, value: str, data: bytes | None = None) -> str | bytes:
    """Answer a question: ``value`` is a JSON object of arguments; what is not bytes comes back as JSON.

    A ToolkitError comes back as ``{"refused": …}``.
    """
    question: Callable[..., Any] = getattr(_PILE, name)
    arguments = json.loads(value)
    if data is not None:
        arguments["state"] = bytes(data)
    try:
        answer = question(**arguments)
    except ToolkitError as refusal:
        return json.dumps({"refused": str(refusal), "english": refusal.english}, ensure_ascii=False)
    return answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False)
