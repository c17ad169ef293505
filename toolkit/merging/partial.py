"""Part of a roll-up: returns on their way to the whole, which can be put together in any grouping and order."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from toolkit.returns import Checked


class Partial(Struct, frozen=True):
    """Checked files in the order of their names, each once.

    ``+`` is associative and commutative, and a file that comes twice counts once: a part that was made again because
    its machine went away does no harm. Sums come last: which file of a body counts may depend on any other file.
    """

    checked: tuple[Checked, ...] = ()

    @classmethod
    def of(cls, checked: Iterable[Checked]) -> Partial:
        """Return the part that these files are."""
        files: dict[tuple[str, str], Checked] = {}
        for file in sorted(checked, key=_order):
            files.setdefault((file.file, file.sha256), file)
        return cls(tuple(files.values()))

    def __add__(self, other: Partial) -> Partial:
        """Return both parts as one."""
        return Partial.of((*self.checked, *other.checked))


def _order(file: Checked) -> tuple[str, str, float, bytes]:
    return file.file, file.sha256, file.modified, file.content
