"""What a roll-up covers, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.returns import RollUp

EXCLUDED = frozenset(
    ("failing", "conflict", "not_on_roster", "no_identity", "wrong_year", "wrong_form", "not_ours", "unreadable")
)
"""The states of files that were left out although somebody may have meant them to count."""


def coverage(rollup: RollUp, most: int | None = None) -> str:
    """Return the coverage statement: how many of the expected bodies came, who is missing, what was left out.

    Of each kind at most ``most`` names are given, when it is; how many there are is said in any case.
    """
    expected = [body for body in rollup.bodies if body.state != "not_expected"]
    missing = [body.name or body.code for body in expected if body.state == "missing"]
    came = len(expected) - len(missing)
    if rollup.expected is None:
        parts = [f"收到 {came} 家（没有名录，不知应报多少家）"]
    else:
        parts = [f"{came}/{rollup.expected} 已报"]
        parts.append(f"{len(missing)} 家未报：{_named(missing, most)}" if missing else "无未报单位")
    text = "，".join(parts)
    text += f"；已汇总 {len(rollup.merged)} 份"
    for state, words in _LEFT_OUT_WORDS.items():
        files = [file for file in rollup.files if file.state == state]
        if files:
            names = list(dict.fromkeys(file.name or file.code or file.file for file in files))
            text += f"；{len(files)} 份{words}：{_named(names, most)}"
    if rollup.included:
        called = {file.code: file.name for file in rollup.files if file.name}
        reasons = [f"{called.get(code, code)}（{reason}）" for code, reason in rollup.included.items()]
        text += f"；{len(rollup.included)} 份有错误仍计入：{_named(reasons, most)}"
    if rollup.preferred:
        text += f"；{len(rollup.preferred)} 家按较新的一份计入：{_named(rollup.preferred, most)}"
    if rollup.adjustments:
        text += f"；经调整 {len(rollup.adjustments)} 处"
    text += f"；{rollup.unfilled} 份还有格待填" if rollup.unfilled else ""
    return text + f"；{rollup.unexplained} 份带未说明的存疑。"


def _named(names: Sequence[str], most: int | None) -> str:
    """Return names in a row; of more than ``most`` the first ones, and how many there are."""
    if most is None or len(names) <= most:
        return "、".join(names)
    return f"{'、'.join(names[:most])}等，共 {len(names)} 个，其余见“台账”"


_LEFT_OUT_WORDS = {
    "failing": "有错误未计入",
    "conflict": "两份不一致未计入",
    "wrong_year": "年度不符",
    "wrong_form": "格式不符",
    "no_identity": "单位不明",
    "not_on_roster": "不在名录",
    "not_ours": "不是年报表",
    "unreadable": "无法读取",
    "not_in_rollup": "按名录不计入",
}
