"""Benchmarks: one module a kind of work, see ``__main__``."""
