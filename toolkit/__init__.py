"""nianbao: the workbook toolkit for the annual reports on government information disclosure (政府信息公开工作年度报告).

Its verbs are loaded when first used, so that ``import toolkit`` and the command line start fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.forms import load_form
    from toolkit.outputs.exports import frame
    from toolkit.run.verbs import check, diff, import_report, merge, prove, publish, read, template

__all__ = [
    "check", "diff", "frame", "import_report", "load_form", "merge", "prove", "publish", "read", "template",
]  # fmt: skip

_ROOMS = {"frame": "toolkit.outputs.exports", "load_form": "toolkit.forms"}
"""Where a name is at home; the others are in ``toolkit.run.verbs``."""


def __getattr__(name: str) -> Any:
    """Load a verb on first use."""
    if name not in __all__:
        raise AttributeError(f"module 'toolkit' has no attribute {name!r}")
    return getattr(importlib.import_module(_ROOMS.get(name, "toolkit.run.verbs")), name)


def __dir__() -> list[str]:
    """Return what there is, the verbs that are not yet loaded among it."""
    return sorted({*globals(), *__all__})
