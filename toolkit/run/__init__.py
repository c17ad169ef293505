"""One pass of the chain: find, read, check, merge; and what stands around it."""

from toolkit.run.chain import not_empty, run
from toolkit.run.job import Job, Outcome, Watch, unwatched

__all__ = ["Job", "Outcome", "Watch", "not_empty", "run", "unwatched"]
