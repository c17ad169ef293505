"""Lists that should add up: X条，其中 A a条、B b条. What says 等 or breaks its parts down again is left alone."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from toolkit.checking.text.passages import Sentence, finding_in
from toolkit.checking.text.quantities import MONEY, PERCENT, TIME, Quantity
from toolkit.checking.text.rules import Lists, Rules
from toolkit.findings import Finding, phrase
from toolkit.returns import Return
from toolkit.returns.numbers import show

HEAD_REACH = 14
"""How many characters may stand between the total and the mark that begins its list."""

_NOT_COUNTED = (PERCENT, TIME)
_JOINED = re.compile(
    "(?:、|和|及|与|以及|，)(?!其中|包括|包含|含)(?:[^，。；：（）0-9]|[0-9]{2,5}(?=[一-龥A-Za-z])){0,14}"
)
"""What may stand between two totals of one breakdown."""
_TOTALS = 4
"""So many totals share a breakdown at most."""
_GOES_ON = ("以及", "和", "及", "还有")
_BRACKETS = re.compile("（[^（）]{0,80}）")


class _Part(Struct, frozen=True):
    label: str
    quantity: Quantity


def check_lists(ret: Return, before: Sentence | None, sentence: Sentence, rules: Rules) -> Iterator[Finding]:
    """Return the findings of the lists of a sentence; one that begins with 其中 goes on about the sentence before."""
    text = sentence.text
    ends: set[int] = set()
    for mark in rules.lists.markers.finditer(text):
        if mark.start() == 0:
            heads = _heads_before(before, sentence)
        else:
            heads = _heads(sentence, mark.start())
        if not heads or mark.end() in ends:
            continue
        ends.add(mark.end())
        parts, ended, complete = _parts(sentence, mark.end(), heads[0], mark[0], rules.lists)
        if ended and not heads[0].about and not any(part.quantity.about for part in parts):
            yield from _judged(ret, sentence, heads, parts, complete, rules.lists)


def _head(sentence: Sentence, mark: int) -> Quantity | None:
    """Return the total that stands right before a mark."""
    at = bisect_right(sentence.quantities, mark, key=lambda number: number.end) - 1
    if at < 0:
        return None
    head = sentence.quantities[at]
    if mark - head.end > HEAD_REACH or head.unit in (*_NOT_COUNTED, ""):
        return None
    between = sentence.text[head.end : mark]
    return None if any(stop in between for stop in "，。；：（）、") else head


def _heads(sentence: Sentence, mark: int) -> list[Quantity]:
    """Return the totals before a mark, the last first: 复议2件、诉讼1件，其中… has one breakdown for both."""
    head = _head(sentence, mark)
    heads = [] if head is None else [head]
    at = bisect_left(sentence.quantities, heads[0].start, key=lambda number: number.start) if heads else 0
    while (
        at > 0
        and len(heads) < _TOTALS
        and _JOINED.fullmatch(sentence.text[sentence.quantities[at - 1].end : sentence.quantities[at].start])
    ):
        at -= 1
        if sentence.quantities[at].unit != heads[0].unit:
            break
        heads.append(sentence.quantities[at])
    return heads


def _heads_before(before: Sentence | None, sentence: Sentence) -> list[Quantity]:
    if before is None or before.paragraph is not sentence.paragraph:
        return []
    counted = [number for number in before.quantities if number.unit not in (*_NOT_COUNTED, "")]
    return [number for number in counted if number.unit == counted[0].unit]


def _parts(sentence: Sentence, start: int, head: Quantity, mark: str, rules: Lists) -> tuple[list[_Part], bool, bool]:
    """Return the parts that follow a mark, whether their end is certain, and whether they claim to be all."""
    text = sentence.text
    # A list in brackets ends with them; another one leaves out what stands in brackets within it.
    end = min(len(text), start + rules.most * rules.longest_label)
    if mark.startswith("（"):
        close = text.find("）", start, end)
        end = end if close < 0 else close
    text = _BRACKETS.sub(lambda match: " " * len(match[0]), text[start:end])
    parts: list[_Part] = []
    at, kind, whole = 0, None, True
    for quantity in sentence.quantities[bisect_left(sentence.quantities, start, key=lambda number: number.start) :]:
        if quantity.start >= end:
            break
        if text[quantity.start - start] == " ":
            continue
        if quantity.unit in _NOT_COUNTED:
            at = quantity.end - start
            continue
        gap = text[at : quantity.start - start].replace(" ", "")
        label = gap.strip("，、；：。")
        own = next((place for place, words in enumerate(rules.dimensions) if words.search(label)), None)
        if not _is_part(label, quantity, head, rules) or (None not in (kind, own) and own != kind):
            whole = gap.startswith("；")
            break
        kind = own if kind is None else kind
        parts.append(_Part(label, quantity))
        at = quantity.end - start
        if len(parts) >= rules.most:
            return [], False, False
    return parts, whole, rules.incomplete.search(text[at : at + 12].partition("。")[0]) is None


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
    totals = [head.value for head in heads]
    totals += [sum(totals, Decimal(0))] if len(totals) > 1 else []
    slack = heads[0].slack + sum((part.quantity.slack for part in parts), Decimal(0))
    ends = [at for at, one in enumerate(sums, 1) for total in totals if abs(one - total) <= slack]
    # What is tied to the list by 以及 belongs to it, and a part of more than the whole is none.
    beyond = parts[ends[0]] if ends and ends[0] < len(parts) else None
    if len(parts) < 2 or (
        ends and not (beyond and beyond.label.startswith(_GOES_ON) and beyond.quantity.value > max(totals))
    ):
        return
    quote = sentence.quoted(parts[0].quantity.start, parts[-1].quantity.end)
    labels = [part.label for part in parts]
    twice = next((part for at, part in enumerate(parts) if part.label in labels[:at] and len(part.label) > 1), None)
    if twice is not None and len(parts) > 2:
        number = sentence.text[twice.quantity.start : twice.quantity.end]
        yield finding_in(ret, sentence, rules.rule, quote, fault=phrase("list_twice", part=f"{twice.label}{number}"))
        return
    total, head = sums[-1], heads[0].value
    if total < head and (not complete or len(parts) < 3 or (head - total) * 100 > head * rules.near):
        return
    if len(totals) > 1 and total < max(totals):
        return
    figures = {"sum": show(total), "total": show(head), "gap": show(abs(total - head))}
    fault = phrase("list_sum", count=len(parts), unit=heads[0].unit.replace(MONEY, "万元"), **figures)
    difference = show(head - total)
    yield finding_in(
        ret, sentence, rules.rule, quote, expected=show(total), actual=show(head), difference=difference, fault=fault
    )
