"""What is missing: numbers that were not filled in, words that wait to be replaced, heads without text."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.checking.text.passages import Sentence, finding_in, normalised
from toolkit.checking.text.rules import Rules
from toolkit.findings import Finding, Wording, finding, phrase
from toolkit.returns import Return


def check_gaps(ret: Return, sentence: Sentence, rules: Rules) -> Iterator[Finding]:
    """Return the findings about numbers and words that a sentence lacks."""
    text = sentence.whole.text
    places: set[int] = set()
    for pattern in rules.gaps.missing:
        for match in pattern.finditer(text):
            at = match.start("unit")
            if at not in places:
                places.add(at)
                words = text[max(0, at - 8) : match.end("unit")]
                yield _gap(ret, sentence, rules, at, phrase("number_missing", words=words))
    for match in rules.gaps.unitless.finditer(text):
        words = text[max(0, match.start("unit") - 8) : match.end("unit")]
        yield _gap(ret, sentence, rules, match.start("unit"), phrase("unit_missing", words=words))
    for match in rules.gaps.placeholders.finditer(text):
        if not any(match.start() <= at <= match.end() for at in places):
            yield _gap(ret, sentence, rules, match.start(), phrase("placeholder", words=match[0]))


def _gap(ret: Return, sentence: Sentence, rules: Rules, at: int, fault: Wording) -> Finding:
    return finding_in(ret, sentence, rules.gaps.rule, sentence.quoted_whole(at, at + 1), fault=fault)


def check_heads(ret: Return, rules: Rules) -> Iterator[Finding]:
    """Return the finding about heads of the chapter that nothing is written about; an empty chapter has its own."""
    chapter = rules.heads.chapter
    paragraphs = ret.text.get(chapter, ())
    if ret.form.id not in rules.heads.forms or not paragraphs:
        return
    under = {paragraph.head for paragraph in paragraphs}
    whole = "\n".join(normalised(paragraph.text).text for paragraph in paragraphs)
    missing = [head.head for head in rules.heads.words if head.head not in under and not head.words.search(whole)]
    if missing:
        yield finding(
            rules.heads.rule,
            file=ret.file,
            sheet=paragraphs[0].place.sheet,
            cell=paragraphs[0].place.cell,
            items=(f"text.{chapter}.heads",),
            number=chapter,
            fault=Wording("、".join(missing), ", ".join(missing)),
        )
