"""The whole tool in one HTML file: the same chain, in a browser, without a network (``nianbao page``)."""

from __future__ import annotations
