"""Rules as text → their single checks: names resolved to items, sentences written, blanks accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from toolkit.answers import Number
from toolkit.findings import CATALOGUE, Entry, entry_of
from toolkit.findings.toml import Faults
from toolkit.forms.definition import Check, Comparison, Item, Question, Rule, Side, Table, Term
from toolkit.forms.expression import Call, ExpressionError, Name, Span, Summand, Tree, parse
from toolkit.forms.formfile import WrittenRule
from toolkit.forms.sentences import sentence

PER = ("column", "row", "item", "table", "form")
QUESTIONS = {"faulty": 0, "repeated": 0, "mentions": 2, "fee": 1}


class _Unsound(Exception):
    """What an expression says is within the grammar and still means nothing."""


class _Scope(Struct, frozen=True):
    """Where one check of a rule stands: what its short names are completed with."""

    key: str
    table: str
    row: str = ""
    column: str = ""
    item: str = ""


def compile_rules(
    written: Sequence[WrittenRule], tables: tuple[Table, ...], faults: Faults
) -> tuple[tuple[Rule, ...], dict[str, Side], tuple[Table, ...]]:
    """Compile the rules of a form over its tables.

    Returns the rules, the formula items in the order in which they can be computed, and the tables with those items
    marked. A rule that names no item or has no words, an expression outside the grammar and a cycle of formulas are added
    to ``faults``.
    """
    compiler = _Compiler(tables, faults)
    drafts = [compiler.draft(rule, f"rules[{at}] {rule.id}") for at, rule in enumerate(written)]
    formulas = _ordered(compiler.formulas, faults)
    if faults.listed:
        return (), {}, tables
    marked = tuple(
        replace(table, items=tuple(replace(item, computed=item.code in formulas) for item in table.items))
        for table in tables
    )
    sources = _Sources(formulas, {item.code for table in marked for item in table.inputs})
    rules = tuple(
        replace(rule, checks=tuple(replace(check, inputs=sources.of(check, marked)) for check in rule.checks))
        for rule in drafts
        if rule is not None
    )
    return rules, formulas, marked


class _Compiler:
    def __init__(self, tables: tuple[Table, ...], faults: Faults) -> None:
        self.tables = tables
        self.faults = faults
        self.items: dict[str, Item] = {item.code: item for table in tables for item in table.items}
        self.formulas: dict[str, Side] = {}

    def draft(self, rule: WrittenRule, path: str) -> Rule | None:
        trees: list[Tree] = []
        for at, text in enumerate((rule.expression, *rule.guards)):
            try:
                trees.append(parse(text))
            except ExpressionError as fault:
                self.faults.add(f"{path}.{'guards' if at else 'expression'}", str(fault))
        checks: list[Check] = []
        if len(trees) == 1 + len(rule.guards):
            for scope in self._scopes(rule, path):
                check = self._check(rule, scope, trees, path)
                if check is not None:
                    checks.append(check)
                    if rule.computes:
                        self._computes(check, path)
            if not checks and not self.faults.listed:
                self.faults.add(path, "names no item of the form")
        entry = self._entry(rule, path)
        if entry is None:
            return None
        return Rule(
            rule.id,
            rule.variant,
            entry,
            rule.on_sheet,
            rule.expression,
            rule.guards,
            rule.level,
            rule.first_year,
            rule.last_year,
            tuple(checks),
            rule.yields,
        )

    def _entry(self, rule: WrittenRule, path: str) -> Entry | None:
        """Return the words of a rule: its own in a form of one's own, else those of the catalogue."""
        if rule.words is not None:
            return replace(rule.words, code=rule.id, variant=rule.variant, rule=rule.id)
        if rule.id not in CATALOGUE:
            self.faults.add(path, "the catalogue has no words for it: give it words of its own ([rules.words])")
            return None
        return entry_of(rule.id, rule.variant)

    def _scopes(self, rule: WrittenRule, path: str) -> Iterable[_Scope]:
        tables = [table for table in self.tables if rule.table in ("*", table.id)]
        if not tables or rule.per not in PER:
            self.faults.add(path, f"unknown table {rule.table!r} or per {rule.per!r} (one of {', '.join(PER)})")
        elif rule.per == "form":
            yield _Scope(rule.id, "")
        elif rule.per == "item":
            yield from (_Scope(f"{rule.id}.{code}", "", item=code) for code in rule.over)
        elif rule.per == "table":
            yield from (_Scope(f"{rule.id}.{table.id}", table.id) for table in tables)
        else:
            for table in tables:
                lines = table.columns if rule.per == "column" else table.rows
                for code in [line.code for line in lines if rule.rows is None or line.code in rule.rows]:
                    scope = _Scope(f"{rule.id}.{table.id}.{code}", table.id)
                    yield replace(scope, column=code) if rule.per == "column" else replace(scope, row=code)

    def _check(self, rule: WrittenRule, scope: _Scope, trees: list[Tree], path: str) -> Check | None:
        try:
            comparisons = [
                Comparison(self._side(tree.left, scope), tree.comparison, self._side(tree.right, scope))
                for tree in trees
            ]
        except KeyError as missing:
            # A row rule runs over the rows that have all its columns; a name that no row has leaves no check at all.
            if scope.row or scope.column:
                return None
            self.faults.add(path, f"names no item: {missing.args[0]}")
            return None
        except _Unsound as fault:
            self.faults.add(path, str(fault))
            return None
        sides = [side for comparison in comparisons for side in (comparison.left, comparison.right)]
        terms = [term for side in sides for term in side.terms]
        questions = [side.question for side in sides if side.question]
        asked = [code for question in questions for code in question.items]
        own = dict.fromkeys([term.item for term in terms if not term.last] + asked)
        place = scope.item or f"{scope.table}.{scope.row}{scope.column}".strip(".")
        return Check(
            f"{scope.key}.{rule.variant}" if rule.variant else scope.key,
            rule.id,
            place,
            comparisons[0],
            tuple(comparisons[1:]),
            self._claim(rule, list(own)) or sentence(comparisons[0], tuple(comparisons[1:]), self.items, self.tables),
            tuple(own),
            (),
            any(term.last and not term.known for term in terms)
            or any(question.function == "repeated" for question in questions),
        )

    def _claim(self, rule: WrittenRule, own: Sequence[str]) -> str:
        """Return what a rule says of a check about these items."""
        item = self.items[own[0]].short if own else ""
        row, _, column = item.partition("·")
        return rule.claim.format(row=row, column=column, item=item)

    def _computes(self, check: Check, path: str) -> None:
        left, sign, right = check.comparison.left, check.comparison.sign, check.comparison.right
        alone = [term.coefficient for term in left.terms] == [1] and left.constant == 0 and not left.terms[0].last
        if not alone or sign != "==" or check.guards or right.question or any(term.last for term in right.terms):
            self.faults.add(f"{path}.computes", "a formula is one item == a sum of items of this year, without guards")
        else:
            self.formulas.setdefault(left.terms[0].item, right)

    def _side(self, parts: tuple[Summand, ...], scope: _Scope) -> Side:
        terms: list[Term] = []
        constant = Decimal(0)
        for part in parts:
            if part.of is None:
                constant += part.coefficient
            elif isinstance(part.of, Name):
                terms.append(Term(_plain(part.coefficient), self._resolve(part.of, scope), part.of.last, part.of.known))
            elif part.of.function == "sum":
                names = [name for argument in part.of.arguments for name in self._spread(argument, scope)]
                if not names:
                    raise _Unsound("sum() of nothing")
                terms += [Term(_plain(part.coefficient), code, last) for code, last in names]
            elif len(parts) > 1 or part.coefficient != 1:
                raise _Unsound(f"{part.of.function}() stands alone on its side of a comparison")
            else:
                return Side((), 0, self._question(part.of, scope))
        return Side(tuple(terms), _plain(constant))

    def _question(self, call: Call, scope: _Scope) -> Question:
        if QUESTIONS.get(call.function) != len(call.arguments):
            raise KeyError(f"{call.function}({len(call.arguments)} arguments)")
        texts = tuple(str(argument) for argument in call.arguments)
        if call.function in ("faulty", "repeated"):
            of = [table for table in self.tables if table.id == scope.table]
            if not of:
                raise KeyError(f"{call.function}() outside a table")
            return Question(call.function, (scope.table,), tuple(item.code for item in of[0].items))
        return Question(call.function, texts)

    def _spread(self, argument: Name | Span | str, scope: _Scope) -> list[tuple[str, bool]]:
        if isinstance(argument, Name):
            return [(self._resolve(argument, scope), argument.last)]
        if isinstance(argument, str):
            raise KeyError(argument)
        if not scope.row and not scope.column:
            raise _Unsound(f"{argument.first.path} .. {argument.last.path} needs a rule per row or per column")
        if argument.last.last and not argument.first.last:
            raise _Unsound(f"{argument.first.path} .. last.{argument.last.path}: put last. in front of the first")
        table = next(table for table in self.tables if table.id == scope.table)
        axis = [line.code for line in (table.rows if scope.column else table.columns)]
        if argument.first.path not in axis or argument.last.path not in axis:
            raise KeyError(f"{argument.first.path} .. {argument.last.path}")
        codes = axis[axis.index(argument.first.path) : axis.index(argument.last.path) + 1]
        if not codes:
            raise _Unsound(f"{argument.first.path} .. {argument.last.path} runs backwards")
        return [(self._resolve(Name(code, False), scope), argument.first.last) for code in codes]

    def _resolve(self, name: Name, scope: _Scope) -> str:
        if scope.item and name.path == "item":
            code = scope.item
        elif scope.column:
            code = f"{scope.table}.{name.path}.{scope.column}"
        elif scope.row:
            code = f"{scope.table}.{scope.row}.{name.path}"
        else:
            code = name.path
        if code not in self.items:
            raise KeyError(code)
        return code


def _plain(number: Decimal) -> Number:
    return int(number) if number == number.to_integral_value() else number


def _ordered(formulas: Mapping[str, Side], faults: Faults) -> dict[str, Side]:
    """Return the formulas so that each comes after those it uses; a cycle is a fault that names its items."""
    done: dict[str, Side] = {}

    def visit(code: str, trail: tuple[str, ...]) -> None:
        if code in done:
            return
        if code in trail:
            faults.add("rules", f"a cycle of formulas: {' → '.join((*trail[trail.index(code) :], code))}")
            return
        for term in formulas[code].terms:
            if term.item in formulas:
                visit(term.item, (*trail, code))
        done[code] = formulas[code]

    for code in formulas:
        visit(code, ())
    return done


class _Sources:
    """The inputs that items come from, with their coefficients."""

    def __init__(self, formulas: Mapping[str, Side], inputs: set[str]) -> None:
        self.weights: dict[str, dict[str, Number]] = {code: {code: 1} for code in inputs}
        for code, side in formulas.items():
            weights: dict[str, Number] = {}
            for term in side.terms:
                for source, weight in self.weights[term.item].items():
                    weights[source] = weights.get(source, 0) + weight * term.coefficient
            self.weights[code] = weights

    def of(self, check: Check, tables: tuple[Table, ...]) -> tuple[tuple[str, Number | None], ...]:
        """Return the inputs of a check with their coefficient in left − right (None under a guard or a question)."""
        order = [item.code for table in tables for item in table.inputs]
        total: dict[str, Number | None] = {}
        for sign, side in ((1, check.comparison.left), (-1, check.comparison.right)):
            for term in side.terms:
                for source, weight in self.weights[term.item].items() if not term.last else ():
                    total[source] = (total.get(source) or 0) + sign * weight * term.coefficient
        if check.guards or len(total) < len(check.items):
            for item in check.items:
                for source in self.weights[item]:
                    if check.guards or source not in total:
                        total[source] = None
        return tuple((code, total[code]) for code in order if code in total)
