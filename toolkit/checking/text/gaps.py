"""What is missing: numbers that were not filled in, words that wait to be replaced, heads without text."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.checking.text.data import Rules
from toolkit.checking.text.passages import Sentence, view
from toolkit.findings import Finding, finding
from toolkit.returns import Return


def check_gaps(ret: Return, sentence: Sentence, rules: Rules) -> Iterator[Finding]:
    """Return the findings about numbers and words that a sentence lacks."""
    text = sentence.whole.text
    told: set[int] = set()
    for pattern in rules.gaps.missing:
        for match in pattern.finditer(text):
            at = match.start("unit")
            if at in told:
                continue
            told.add(at)
            shown = text[max(0, at - 8) : match.end("unit")]
            yield _told(ret, sentence, rules, at, f"“{shown}”漏填了数字", f"a number is missing in “{shown}”")
    for match in rules.gaps.placeholders.finditer(text):
        if not any(match.start() <= at <= match.end() for at in told):
            yield _told(
                ret, sentence, rules, match.start(),
                f"“{match[0]}”是待填的字样", f"“{match[0]}” waits to be replaced",
            )  # fmt: skip


def _told(ret: Return, sentence: Sentence, rules: Rules, at: int, fault: str, fault_en: str) -> Finding:
    return finding(
        rules.gaps.rule,
        file=ret.file,
        sheet=sentence.paragraph.place.sheet,
        cell=sentence.paragraph.place.cell,
        items=(sentence.code,),
        rule=rules.gaps.rule,
        number=sentence.number,
        sentence=sentence.quoted_whole(at, at + 1),
        fault=fault,
        fault_en=fault_en,
    )


def check_heads(ret: Return, rules: Rules) -> Iterator[Finding]:
    """Return the finding about heads of the chapter that nothing is written about; an empty chapter has its own."""
    chapter = rules.heads.chapter
    paragraphs = ret.text.get(chapter, ())
    if ret.form.id not in rules.heads.forms or not paragraphs:
        return
    under = {paragraph.head for paragraph in paragraphs}
    whole = "\n".join(view(paragraph.text).text for paragraph in paragraphs)
    missing = [each.head for each in rules.heads.words if each.head not in under and not each.words.search(whole)]
    if missing:
        yield finding(
            rules.heads.rule,
            file=ret.file,
            sheet=paragraphs[0].place.sheet,
            cell=paragraphs[0].place.cell,
            items=(f"text.{chapter}.heads",),
            rule=rules.heads.rule,
            number=chapter,
            fault="、".join(missing),
            fault_en=", ".join(missing),
        )
