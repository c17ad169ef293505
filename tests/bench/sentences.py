"""How many claims of the text are found, and how many sentences accused in error: the sample of the rules, and one kept back."""

from __future__ import annotations

from collections.abc import Iterator

from tests.independent import rate
from tests.kept_back import CLAIMS, OTHERS, SLIPS, measured
from tests.narratives import CASES
from tests.test_narrative import found


def lines(*, smoke: bool) -> Iterator[str]:
    """Yield the samples: those that the rules were written on find everything by their making."""
    faulty = [case for case in CASES if case[2]]
    right = sum(sorted(one.code for one in found(text, head)) == sorted(codes) for head, text, codes in faulty)
    false = sum(bool(found(text, head)) for head, text, codes in CASES if not codes)
    missed, accused = measured()
    others = {"另一人写的第一批 / by another, first": rate("first"), "另一人写的第二批 / second": rate("second")}
    claims = len(CLAIMS) + len(SLIPS)
    yield "| 样本 / sample | 说错的 / contradictions | 找到 / found | 不该说的句子 / right sentences | 误报 / false |"
    yield "| --- | --- | --- | --- | --- |"
    yield f"| 规则照着写的 / the rules' own | {len(faulty)} | {right} | {len(CASES) - len(faulty)} | {false} |"
    yield f"| 留着没看的 / kept back | {claims} | {claims - len(missed)} | {len(CLAIMS) + len(OTHERS)} | {len(accused)} |"
    for name, one in others.items():
        yield f"| {name} | {one.wrong} | {one.found} | {one.right} | {one.accused} |"
