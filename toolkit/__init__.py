"""nianbao: the workbook toolkit for the annual reports on government information disclosure (政府信息公开工作年度报告).

The verbs ``template``, ``read``, ``check``, ``merge``, ``prove``, ``publish`` and ``load_form`` are loaded when first used, so that
``import toolkit`` and the command line start fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.forms import load_form
    from toolkit.run.verbs import check, merge, prove, publish, read, template

__all__ = ["check", "load_form", "merge", "prove", "publish", "read", "template"]

_HOMES = {"load_form": "toolkit.forms"} | dict.fromkeys(
    ("check", "merge", "prove", "publish", "read", "template"), "toolkit.run.verbs"
)


def __getattr__(name: str) -> Any:
    """Load a verb on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'toolkit' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
