"""Lists that should add up: X条，其中 A a条、B b条. What says 等 or breaks its parts down again is left alone."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from toolkit.checking.text.data import Lists, Rules
from toolkit.checking.text.passages import Sentence
from toolkit.checking.text.quantities import MONEY, PERCENT, TIME, Quantity
from toolkit.findings import Finding, finding
from toolkit.returns import Return
from toolkit.returns.numbers import show

HEAD_REACH = 14
"""How many characters may stand between the total and the mark that begins its list."""

_NOT_COUNTED = (PERCENT, TIME)
_BRACKETS = re.compile("（[^（）]{0,80}）")


class _Part(Struct, frozen=True):
    label: str
    quantity: Quantity


def check_lists(ret: Return, before: Sentence | None, sentence: Sentence, rules: Rules) -> Iterator[Finding]:
    """Return the findings of the lists of a sentence; one that begins with 其中 goes on about the sentence before."""
    text = sentence.text
    told: set[int] = set()
    for mark in rules.lists.markers.finditer(text):
        if mark.start() == 0:
            heads = _heads_before(before, sentence)
        else:
            head = _head(sentence, mark.start())
            heads = [] if head is None else [head]
        if not heads or mark.end() in told:
            continue
        told.add(mark.end())
        parts, ended, complete = _parts(sentence, mark.end(), heads[0], mark[0], rules.lists)
        if ended and not heads[0].about and not any(part.quantity.about for part in parts):
            yield from _judged(ret, sentence, heads, parts, complete, rules.lists)


def _head(sentence: Sentence, mark: int) -> Quantity | None:
    """Return the total that stands right before a mark."""
    at = bisect_right(sentence.quantities, mark, key=lambda each: each.end) - 1
    if at < 0:
        return None
    head = sentence.quantities[at]
    if mark - head.end > HEAD_REACH or head.unit in (*_NOT_COUNTED, ""):
        return None
    between = sentence.text[head.end : mark]
    return None if any(stop in between for stop in "，。；：（）、") else head


def _heads_before(before: Sentence | None, sentence: Sentence) -> list[Quantity]:
    if before is None or before.paragraph is not sentence.paragraph:
        return []
    counted = [each for each in before.quantities if each.unit not in (*_NOT_COUNTED, "")]
    return [each for each in counted if each.unit == counted[0].unit]


def _parts(sentence: Sentence, start: int, head: Quantity, mark: str, rules: Lists) -> tuple[list[_Part], bool, bool]:
    """Return the parts that follow a mark, whether their end is certain, and whether they claim to be all."""
    text = sentence.text
    # A list in brackets ends with them; another one leaves out what stands in brackets within it.
    end = min(len(text), start + rules.most * rules.longest_label)
    if mark.startswith("（"):
        close = text.find("）", start, end)
        end = end if close < 0 else close
    text = _BRACKETS.sub(lambda match: " " * len(match[0]), text[start:end])
    found: list[_Part] = []
    at, kind, whole = 0, None, True
    for quantity in sentence.quantities[bisect_left(sentence.quantities, start, key=lambda each: each.start) :]:
        if quantity.start >= end:
            break
        if text[quantity.start - start] == " ":
            continue
        if quantity.unit in _NOT_COUNTED:
            at = quantity.end - start
            continue
        gap = text[at : quantity.start - start].replace(" ", "")
        label = gap.strip("，、；：。")
        own = next((place for place, each in enumerate(rules.dimensions) if each.search(label)), None)
        if not _is_part(label, quantity, head, rules) or (None not in (kind, own) and own != kind):
            whole = gap.startswith("；")
            break
        kind = own if kind is None else kind
        found.append(_Part(label, quantity))
        at = quantity.end - start
        if len(found) >= rules.most:
            return [], False, False
    return found, whole, rules.incomplete.search(text[at : at + 12].partition("。")[0]) is None


def _is_part(label: str, quantity: Quantity, head: Quantity, rules: Lists) -> bool:
    if not 0 < len(label) <= rules.longest_label or rules.breaks.search(label):
        return False
    if MONEY in (head.unit, quantity.unit):
        return quantity.unit == head.unit
    return quantity.unit in (head.unit, "")


def _judged(
    ret: Return, sentence: Sentence, heads: list[Quantity], parts: list[_Part], complete: bool, rules: Lists
) -> Iterator[Finding]:
    sums: list[Decimal] = []
    for part in parts:
        sums.append((sums[-1] if sums else Decimal(0)) + part.quantity.value)
    wanted = [head.value for head in heads]
    wanted += [sum(wanted, Decimal(0))] if len(wanted) > 1 else []
    slack = heads[0].slack + sum((part.quantity.slack for part in parts), Decimal(0))
    if len(parts) < 2 or any(abs(one - each) <= slack for one in sums for each in wanted):
        return
    labels = [part.label for part in parts]
    twice = next((part for at, part in enumerate(parts) if part.label in labels[:at] and len(part.label) > 1), None)
    first, last = parts[0].quantity.start, parts[-1].quantity.end
    if twice is not None and len(parts) > 2:
        said = sentence.text[twice.quantity.start : twice.quantity.end]
        yield _told(
            ret, sentence, rules, first, last,
            f"列举中“{twice.label}{said}”出现了两次", f"“{twice.label}{said}” is listed twice",
        )  # fmt: skip
        return
    total, head = sums[-1], heads[0].value
    if total < head and (not complete or len(parts) < 3 or (head - total) * 100 > head * rules.near):
        return
    if len(wanted) > 1 and total < max(wanted):
        return
    unit = heads[0].unit.replace(MONEY, "万元")
    yield _told(
        ret, sentence, rules, first, last,
        f"列举的 {len(parts)} 项合计 {show(total)}{unit}，总数写的是 {show(head)}{unit}，相差 {show(abs(total - head))}",
        f"the {len(parts)} parts add up to {show(total)}, not to {show(head)}",
        expected=show(total), found=show(head), difference=show(head - total),
    )  # fmt: skip


def _told(
    ret: Return, sentence: Sentence, rules: Lists, start: int, end: int, fault: str, fault_en: str,
    *, expected: str | None = None, found: str | None = None, difference: str | None = None,
) -> Finding:  # fmt: skip
    return finding(
        rules.rule,
        file=ret.file,
        sheet=sentence.paragraph.place.sheet,
        cell=sentence.paragraph.place.cell,
        items=(sentence.code,),
        expected=expected,
        found=found,
        difference=difference,
        rule=rules.rule,
        number=sentence.number,
        sentence=sentence.quoted(start, end),
        fault=fault,
        fault_en=fault_en,
    )
