"""The relations of a part of an xlsx to other parts, by its ``.rels``: names in any place, folders or not."""

from __future__ import annotations

import posixpath
from functools import lru_cache

from toolkit.excel_in import limits
from toolkit.excel_in.container import Container
from toolkit.excel_in.markup import local, tree

Relations = dict[str, tuple[str, str]]
"""Id → (type, name of the part it points at)."""


def rels_of(part: str) -> str:
    """Return the name of the part that holds a part's relations."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relations(box: Container, part: str) -> Relations:
    """Return the relations of a part ("" for the package), none where it has no ``.rels``."""
    rels = rels_of(part)
    data = box.part(rels) if rels in box else b""
    return (_related if len(data) > limits.CACHED_BYTES else _known)(data, rels, posixpath.dirname(part))


def _related(data: bytes, part: str, folder: str) -> Relations:
    related: Relations = {}
    for element in tree(data, part).iter() if data else ():
        if local(element) == "Relationship" and element.get("TargetMode") != "External":
            target = element.get("Target", "").replace("\\", "/")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            related[element.get("Id", "")] = (element.get("Type", ""), whole)
    return related


_known = lru_cache(64)(_related)
