"""Many files: read and checked in processes on this machine, or on a Dask cluster past it."""

from __future__ import annotations

from toolkit.scale.examining import Examination
from toolkit.scale.processes import examined, jobs_for

__all__ = ["Examination", "examined", "jobs_for"]
