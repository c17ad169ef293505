"""The sheet of 名录.xlsx: one body a row; the region stands in the row above the titles."""

from __future__ import annotations

from toolkit.cells import Column, ListSheet


def _column(code: str, title: str, width: int, prompt: str, *, required: bool = False) -> Column:
    return Column(code, title, width, "coordinator", prompt=prompt, required=required)


ROSTER = ListSheet(
    "名录",
    3,
    (
        _column("code", "统一社会信用代码", 190, "18 位，字母大写。", required=True),
        _column("name", "单位名称", 260, "全称，与印章一致。", required=True),
        _column("short", "简称", 120, "用作文件名，可不填。"),
        _column("level", "层级", 110, "从列表中选；规章只由省、设区的市的人民政府制定，部门没有。", required=True),
        _column("email", "电子邮箱", 210, "一格一个地址；没有的留空。"),
        _column("in_rollup", "计入汇总", 80, "是 或 否；垂直管理单位按本地口径。", required=True),
        _column("valid_from", "起始年度", 80, "从哪个年度起报送；一直报送的留空。"),
        _column("valid_to", "终止年度", 80, "到哪个年度为止；仍在报送的留空。"),
        _column(
            "predecessors",
            "承继代码",
            200,
            "承继哪些单位：写原单位代码，多个用顿号隔开；只划来一部分的后面写（2025，部分）。改名而代码不变的不写。",
        ),
        _column("contact", "联系人", 90, "催报、核实时找谁；不填的，取来表封面上的填报人。"),
        _column("phone", "联系电话", 130, "座机带区号；不填的，取来表封面上的电话。"),
    ),
)
"""Each column is called as the field of ``Respondent`` that it fills; readers find it by its title, in any order."""
REGION_WORD = "地区："
"""What stands before the region."""
REQUIRED_MARK = "*"
"""What stands behind the title of a column that must be filled."""
