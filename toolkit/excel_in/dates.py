"""What a cell with a date or time format shows, simply: 2026-3-5, 12:30, 2026-3-5 12:30, 36:00 for a duration."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

DATE, TIME, BOTH, DURATION = "date", "time", "both", "duration"
"""The kinds of formats that show dates or times; "" is any other."""
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2}).*)?")
_ISO_TIME = re.compile(r"PT([0-9]{1,6})H([0-9]{1,2})M([0-9]{1,2})[0-9.]*S")
_LEAP = 60
"""The day that Excel takes for 29 February 1900."""
_LAST = 2_958_465
"""9999-12-31 in the date system that begins with 1900."""
_MAC = 1_462
"""Days between the two date systems."""


def shown(value: int | Decimal, kind: str, *, date1904: bool = False) -> str:
    """Return what a person sees in a cell that holds so many days; "" for what no date or time can show."""
    if not 0 <= value <= _LAST + 1:
        return ""
    days, seconds = divmod(
        int((value * 86_400).to_integral_value()) if isinstance(value, Decimal) else value * 86_400, 86_400
    )
    if kind == DURATION:
        return _clock(days * 86_400 + seconds)
    if kind == TIME:
        return _clock(seconds)
    day = _day(days + (_MAC if date1904 else 0))
    return f"{day} {_clock(seconds)}" if day and kind == BOTH else day


def of_iso(text: str) -> str:
    """Return what a date, time or duration of ISO 8601 shows, and what is none of these as it is."""
    day, time = _ISO.fullmatch(text), _ISO_TIME.fullmatch(text)
    if time is not None:
        hours, minutes, seconds = map(int, time.groups())
        return _clock(hours * 3600 + minutes * 60 + seconds)
    if day is None:
        return text
    shown_day = "-".join(str(int(part)) for part in day.groups()[:3])
    if day[4] is None:
        return shown_day
    hours, minutes, seconds = map(int, day.groups()[3:])
    return f"{shown_day} {_clock(hours * 3600 + minutes * 60 + seconds)}"


def _day(days: int) -> str:
    if days > _LAST:
        return ""
    if days in (0, _LEAP):
        return "1900-1-0" if days == 0 else "1900-2-29"
    at = date(1899, 12, 31 if days < _LEAP else 30) + timedelta(days)
    return f"{at.year}-{at.month}-{at.day}"


def _clock(seconds: int) -> str:
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text
