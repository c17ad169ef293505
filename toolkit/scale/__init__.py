"""Many files: processes on this machine, or a Dask cluster, addresses and Parquet past it."""

from __future__ import annotations

from toolkit.scale.cluster import on_cluster
from toolkit.scale.processes import examined, jobs_for

__all__ = ["examined", "jobs_for", "on_cluster"]
