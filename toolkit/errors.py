"""What stops the toolkit: faults of the program's input that are nobody's answer to a form."""

from __future__ import annotations


class ToolkitError(Exception):
    """Stop the run with one line and the next step.

    ``message`` says what is wrong and ``remedy`` what to do, in Chinese; ``english`` says both in English.
    The command line prints them and ends with status 2; a respondent's mistakes are findings, never this.
    """

    def __init__(self, message: str, remedy: str = "", *, english: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.english = english

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class DefinitionError(ToolkitError):
    """Refuse a form definition; ``faults`` holds every fault found, each with its path."""

    def __init__(self, name: str, faults: tuple[str, ...]) -> None:
        listed = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"表式定义 {name} 有 {len(faults)} 处错误：\n{listed}", "请改正定义文件后再运行。")
        self.faults = faults


class WorkbookError(ToolkitError):
    """Stop because a workbook of ours cannot be written or used."""


class RosterError(ToolkitError):
    """Stop because the roster cannot be used; ``faults`` holds every fault, each with its cell."""

    def __init__(self, name: str, faults: tuple[str, ...]) -> None:
        listed = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"名录 {name} 有 {len(faults)} 处错误：\n{listed}", "请改正名录后再运行。")
        self.faults = faults
