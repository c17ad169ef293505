"""The language of help and messages: Chinese unless ``--lang en`` is given."""

from __future__ import annotations

import sys


def language(arguments: list[str]) -> str:
    """Return ``en`` when the command line asks for it with ``--lang en`` or ``--lang=en``, else ``zh``."""
    for at, argument in enumerate(arguments):
        if argument == "--lang=en" or (argument == "--lang" and arguments[at + 1 : at + 2] == ["en"]):
            return "en"
    return "zh"


LANGUAGE = language(sys.argv[1:])


def in_language(text: str) -> str:
    """Return a text that may know its English in the language of this run."""
    return t(text, getattr(text, "en", text))


def t(zh: str, en: str) -> str:
    """Return the text in the language of this run."""
    return en if LANGUAGE == "en" else zh
