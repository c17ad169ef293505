"""The JSON contract of ``send``: what became of each letter."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.mail import PostResult
from toolkit.outputs.contract import Json, attributes, finding_json


def send_json(sent: Sequence[PostResult], without_address: Sequence[str]) -> Json:
    """Return the object of ``send``: what became of each letter, and the bodies without an address."""
    return {
        "schema": "nianbao.send/1",
        "messages": [
            {
                **attributes(message, "key", "code", "to"),
                "state": message.state.value,
                **attributes(message, "detail", "message_id"),
                "finding": None if message.finding is None else finding_json(message.finding),
            }
            for message in sent
        ],
        "without_address": list(without_address),
    }
