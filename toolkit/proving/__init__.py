"""The roll-up again by other means: openpyxl reads the sources, pandas adds them, and every figure is compared.

Nothing here uses our reader, our layout or our sums: cells are found by their labels, numbers taken only where they
are plainly numbers and plainly seen as such. What cannot be read that way is unproved, and then the roll-up is not proved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from toolkit.findings import Wording, phrase
from toolkit.forms import Form
from toolkit.proving.accounts import Claimed, Claims, DetailRow, claims
from toolkit.proving.label_search import folded, item_cells
from toolkit.proving.ledger_lists import contradictions, left_out, unknown
from toolkit.proving.parquet_rows import pointer, rows_elsewhere
from toolkit.proving.plain_numbers import figure, in_words
from toolkit.proving.sealed_rows import changes, table_formulas
from toolkit.proving.seen_cells import seen_sheets
from toolkit.proving.shown_results import carriers_apart, contradictions_shown
from toolkit.proving.source_figures import Plain, plain_figures
from toolkit.workers import Lost, results

__all__ = ["Difference", "Proof", "prove", "prove_claims"]


class Difference(Struct, frozen=True):
    """A figure on which the two programs do not agree; ``file`` is the source, or the roll-up for its tables."""

    code: str
    rollup: str
    recomputed: str
    file: str


class Proof(Struct, frozen=True):
    """The outcome: proved only when nothing differs and nothing was left unproved.

    ``items`` counts the items compared, ``returns`` the sources read in full; ``adjusted`` lists the corrections on
    the sheet 调整 in words, ``unproved`` files with the reason. ``repaired`` are texts that were read by the proof's own
    rule, ``left_out`` files and bodies of which 台账 says why they do not count, ``not_in_rollup`` files at hand of which
    the roll-up knows nothing. ``coverage`` says what the roll-up covers, then what each
    roll-up below says of itself. ``uncompared`` are the sheets whose marks are not computed anew after somebody typed.
    """

    proved: bool
    items: int
    returns: int
    differences: tuple[Difference, ...]
    adjusted: tuple[str, ...]
    unproved: tuple[tuple[str, str], ...]
    coverage: tuple[str, ...] = ()
    repaired: tuple[tuple[str, str], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    not_in_rollup: tuple[str, ...] = ()
    uncompared: tuple[str, ...] = ()


def prove(rollup_path: Path, sources: Mapping[str, Path], *, jobs: int = 1, whole: bool = True) -> Proof:
    """Recompute a roll-up from its sources, which ``jobs`` processes read.

    ``sources`` gives the files at hand by the name that the roll-up may know them by; one whose name changed is found
    by its sha256. Only files that the roll-up lists, with the very bytes it lists, are opened. The bodies' rows that
    are in a Parquet file beside the roll-up are read from there. Where the files are the ``whole`` that was to be merged, a
    return among them of which the roll-up knows nothing is unproved; in any case such files are named.
    """
    return prove_claims(claims(rollup_path), sources, rollup_path, jobs=jobs, whole=whole)


def prove_claims(
    claimed: Claims, sources: Mapping[str, Path], path: Path, *, jobs: int = 1, whole: bool = True
) -> Proof:
    """Recompute what a roll-up, opened from a path, claims."""
    return _Proving(claimed, sources, path, jobs).run(whole=whole)


_PART = 1_000
"""Sources whose figures are added at a time: a frame of 1,000 × 170 decimals has some 20 MB."""


class _Proving:
    def __init__(self, claimed: Claims, sources: Mapping[str, Path], path: Path, jobs: int) -> None:
        self.claims = claimed
        self.form: Form = claimed.form
        self.name = path.name
        self.folder = path.parent
        self.sources = sources
        self.jobs = jobs
        self.digests: dict[Path, str] = {}
        self.added = _Added(claimed.form)
        self.differences: list[Difference] = []
        self.unproved: list[tuple[str, str]] = []
        self.repaired: list[tuple[str, str]] = []
        self.listed = len(claimed.sources)
        self.apart = pointer(claimed) is not None
        self.returns = 0
        self.coverage: list[str] = []

    def run(self, *, whole: bool) -> Proof:
        self._elsewhere()
        rows = self._rows()
        self._sources(rows)
        for row in rows.values():
            self.unproved.append((row.file or row.name, phrase("proof_row_alone")))
            self.added.take(_stated(row, self.form))
        for one in self.claims.corrections:
            if one.fault:
                self.unproved.append((self.name, phrase("proof_lapsed", change=one.words)))
        self.unproved += ((self.name, doubt) for doubt in self.claims.doubts)
        book, formulas, totals = self.claims.book, self.claims.formulas, self._totals()
        uncompared: list[str] = []
        self.unproved += ((self.name, change) for change in changes(book, formulas, self.form, uncompared))
        if uncompared:
            self.unproved += ((self.name, words) for words in contradictions_shown(book, formulas, self.form, totals))
        items = self._tables(totals)
        if not self.apart:
            self.unproved += contradictions(self.claims)
        strangers = [] if not self.sources else list(self._strangers())
        self.unproved += [(name, phrase("proof_stranger")) for name, doubtful in strangers if doubtful and whole]
        return Proof(
            not self.differences and not self.unproved,
            items,
            self.returns,
            tuple(self.differences),
            tuple(one.words for one in self.claims.corrections),
            tuple(self.unproved),
            self._covered(),
            tuple(self.repaired),
            tuple(left_out(self.claims)),
            tuple(name for name, _ in strangers),
            tuple(uncompared),
        )

    def _strangers(self) -> Iterator[tuple[str, bool]]:
        """Yield the files at hand of which the roll-up knows nothing, and whether they may be returns."""
        names = {path: name for name, path in self.sources.items()}
        return unknown(self.claims, {path: self._digest(path) for path in names}, names)

    def _covered(self) -> tuple[str, ...]:
        """Return what the roll-ups below cover, after what this one does; a whole one of returns needs no word."""
        own = self.claims.coverage
        return (own, *self.coverage) if self.coverage or self.claims.partial else ()

    def _elsewhere(self) -> None:
        """Put the rows of a Parquet file in the place of the one that names it, whose figures must be their sums."""
        whole = pointer(self.claims)
        if whole is None:
            return
        rows = rows_elsewhere(self.folder, whole, self.claims)
        if isinstance(rows, str):
            self.unproved.append((whole.file, rows))
            self.added.take(_stated(whole, self.form))
            self.claims = replace(self.claims, sources=(), rows=())
            return
        sums = _Added(self.form)
        for row in rows:
            sums.take(_stated(row, self.form))
        for code, value in sums.totals().items():
            if figure(whole.values[code], self._sum_kind(code)) != value:
                self._differ(code, whole.values[code], value, f"{self.name}!明细")
        sources = tuple(Claimed(row.file, row.sha256, row.code, row.name) for row in rows)
        self.claims = replace(self.claims, sources=sources, rows=rows)

    def _rows(self) -> dict[tuple[str, str], DetailRow]:
        """Return the rows of 明细 by file and digest; one that stands twice is unproved at once."""
        rows: dict[tuple[str, str], DetailRow] = {}
        for row in self.claims.rows:
            if (row.file, row.sha256) in rows:
                self.unproved.append((row.file, phrase("proof_two_rows")))
            rows[row.file, row.sha256] = row
        return rows

    def _sources(self, rows: dict[tuple[str, str], DetailRow]) -> None:
        """Add the figures of every source, compared with its row of 明细; what cannot be read comes from the row."""
        placed = [(source, row, path) for source in self.claims.sources for row, path in [self._placed(source, rows)]]
        paths = [path for _, row, path in placed if row is not None and path is not None]
        answers = results(partial(plain_figures, self.form), paths, jobs=self.jobs)
        for source, row, path in placed:
            if row is None:
                continue
            read = None if path is None else self._take(source, next(answers)[1])
            if (row.code, row.name) != (source.code, source.name):
                both = (f"{one.name}（{one.code}）" for one in (source, row))
                about = phrase("proof_named_apart", source=next(both), row=next(both))
                self.unproved.append((source.file, about))
            stated = _stated(row, self.form)
            for code, value in (read or {}).items():
                if figure(row.values[code], self.form.items[code].kind) != value:
                    self._differ(code, row.values[code], value, source.file)
            self.added.take(stated | (read or {}))

    def _placed(self, source: Claimed, rows: dict[tuple[str, str], DetailRow]) -> tuple[DetailRow | None, Path | None]:
        """Return the row of 明细 and the file of a source; what is missing is noted."""
        row = rows.pop((source.file, source.sha256), None)
        path = self._path(source)
        if row is None:
            self.unproved.append((source.file, phrase("proof_no_row")))
        return row, path

    def _path(self, source: Claimed) -> Path | None:
        """Return the file with the listed bytes, or note why there is none."""
        named = self.sources.get(source.file)
        if named is not None and self._digest(named) == source.sha256:
            return named
        if source.sha256 in self._by_digest:
            return self._by_digest[source.sha256]
        reason = phrase("proof_no_file" if named is None else "proof_changed_file")
        self.unproved.append((source.file, reason))
        return None

    @cached_property
    def _by_digest(self) -> dict[str, Path]:
        """Return the files at hand by their bytes; of equal ones the first."""
        return {self._digest(path): path for path in reversed(tuple(self.sources.values()))}

    def _digest(self, path: Path) -> str:
        if path not in self.digests:
            try:
                with path.open("rb") as file:
                    self.digests[path] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                self.digests[path] = ""
        return self.digests[path]

    def _take(self, source: Claimed, plain: Plain | Lost) -> dict[str, Decimal] | None:
        """Return the plain figures of a return; whatever is not plain is noted and left out."""
        file = source.file
        if isinstance(plain, Lost):
            self.unproved.append((file, phrase("proof_unopened", why=plain.why)))
            return None
        self.coverage += filter(None, (plain.coverage,))
        self.repaired += ((file, Wording(f"{cell}。", f"{cell.en}.")) for cell in plain.repaired)
        doubt = plain.doubt or self._another(source, plain)
        if plain.figures is None:
            doubt = phrase("proof_mendable", why=doubt)
        if doubt:
            self.unproved.append((file, doubt))
        elif plain.figures is not None:
            self.returns += 1
        return plain.figures

    def _another(self, source: Claimed, plain: Plain) -> str:
        """Return what of the body, the year or the form is another in the file than in the roll-up, "" for nothing."""
        codes, names = (plain.identity.get(key, frozenset()) for key in ("code", "name"))
        if folded(source.code).upper() not in codes if codes else names and folded(source.name).upper() not in names:
            whose = "、".join(sorted(codes or names))
            return phrase("proof_other_body", own=whose, stated=source.code or source.name)
        for key, stated, name in (
            ("year", self.claims.year, "proof_other_year"), ("form", self.form.id, "proof_other_form")
        ):  # fmt: skip
            own = plain.identity.get(key, frozenset())
            if own and stated not in own:
                return phrase(name, own="、".join(sorted(own)), stated=stated)
        return ""

    def _totals(self) -> dict[str, Decimal]:
        """Add the sources and the corrections with pandas, then the formula items from the form's own formulas."""
        import pandas as pd

        changes = pd.DataFrame(
            [(one.item, one.new - one.old) for one in self.claims.corrections if not one.fault],
            columns=["item", "change"],
        )
        totals = self.added.totals()
        for code, group in changes.groupby("item")["change"]:
            totals[str(code)] += Decimal(group.sum())
        for code, side in self.form.formulas.items():
            parts = pd.Series([totals[term.item] * Decimal(term.coefficient) for term in side.terms], dtype=object)
            totals[code] = Decimal(parts.sum()) + Decimal(side.constant)
        return totals

    def _tables(self, totals: Mapping[str, Decimal]) -> int:
        """Compare what the tables show with the totals; returns how many items were compared."""
        book: Any = self.claims.book
        cells = item_cells(self.form, book.worksheets)
        self.unproved += ((self.name, words) for words in carriers_apart(self.claims.formulas, cells))
        if "调整" in self.claims.formulas.sheetnames:
            wrong = table_formulas(self.claims.formulas, self.form, cells, self.listed)
            self.unproved += [(self.name, wrong)] if wrong else []
        sheets = seen_sheets(book, [book[sheet].cell(row, column) for sheet, row, column in cells.values()])
        compared = 0
        for code in self.form.items:
            if code not in cells:
                self.unproved.append((self.name, phrase("proof_no_item", item=self.form.items[code].short)))
                continue
            sheet, row, column = cells[code]
            cell = book[sheet].cell(row, column)
            compared += 1
            doubt = sheets[sheet].doubt(cell)
            if doubt:
                self.unproved.append((self.name, phrase("proof_stop", doubt=doubt)))
            if cell.value is None or figure(cell.value, self._sum_kind(code)) != totals[code]:
                self._differ(code, cell.value, totals[code], f"{self.name}!{sheet}!{cell.coordinate}")
        return compared

    def _sum_kind(self, code: str) -> str:
        """Return the kind by which a sum is read: up to four decimals, negative only where the item may be."""
        return "signed" if self.form.items[code].kind == "signed" else "money"

    def _differ(self, code: str, stated: object, recomputed: Decimal, file: str) -> None:
        self.differences.append(Difference(code, in_words(stated), in_words(recomputed), file))


class _Added:
    """Figures of many returns, added with pandas some at a time."""

    def __init__(self, form: Form) -> None:
        self._codes = list(form.inputs)
        self._waiting: list[dict[str, Decimal]] = []
        self._sums = dict.fromkeys(self._codes, Decimal(0))

    def take(self, figures: dict[str, Decimal]) -> None:
        """Take the figures of one return; an item that is not among them is 0."""
        self._waiting.append(dict.fromkeys(self._codes, Decimal(0)) | figures)
        if len(self._waiting) == _PART:
            self.totals()

    def totals(self) -> dict[str, Decimal]:
        """Return what the figures taken so far add up to."""
        import pandas as pd

        if self._waiting:
            frame = pd.DataFrame(self._waiting, columns=self._codes, dtype=object)
            self._sums = {code: self._sums[code] + Decimal(frame[code].sum()) for code in self._codes}
            self._waiting.clear()
        return dict(self._sums)


def _stated(row: DetailRow, form: Form) -> dict[str, Decimal]:
    """Return the figures of a row of 明细 as they stand there; what is no number counts as nothing."""
    return {code: figure(row.values[code], form.items[code].kind) or Decimal(0) for code in form.inputs}
