# make demo   the whole season on the sample county     make test   all tests     make check   lint, types, import rules
# Each target sets itself up on a fresh machine with Python 3.11 or later; PYTHON picks the interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Every command that a test or a measurement starts finds its modules compiled, as in an installed package.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check bench fuzz samples clean

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("需要 Python 3.11 或更新的版本" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

demo: $(VENV)/.ready
	$(BIN)/nianbao demo -o demo-output

test: $(VENV)/.ready
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.ready
	$(BIN)/ruff check toolkit tests
	$(BIN)/ruff format --check toolkit tests
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_imports.py

bench: $(VENV)/.ready
	$(BIN)/python -m tests.bench

fuzz: $(VENV)/.ready
	$(BIN)/python -m tests.fuzz --seconds 600

# Rebuild what is committed in filled/ and blank_templates/ (after a change of the forms or of the writer).
samples: $(VENV)/.ready
	$(BIN)/python -m tests.samples

clean:
	rm -rf $(VENV) demo-output dist build .pytest_cache .mypy_cache .ruff_cache
