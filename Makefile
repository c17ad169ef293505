# make demo    the whole season on the sample county        make check   lint, types, rules of the house
# make page    the whole tool in one HTML file (npm)    make bundle   wheels and an installer for computers without a network
# make test    every rule, reader and writer, in minutes     make soak    kills in series, fuzzing, other programs, thousands
# Each target sets itself up on a fresh machine with Python 3.11 or later; PYTHON picks the interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal
# What make check runs, make test need not run again.
HOUSE := tests/test_imports.py tests/test_names.py tests/test_declared.py

# Every command that a test or a measurement starts finds its modules compiled, as in an installed package.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test soak check bench fuzz samples pictures page bundle clean

# What a user has; the tools of development come on top.
$(VENV)/.plain: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("需要 Python 3.11 或更新的版本" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --no-compile -e .
	touch $@

$(VENV)/.ready: $(VENV)/.plain
	$(PIP) -e '.[dev]'
	touch $@

demo: $(VENV)/.plain
	$(BIN)/nianbao demo -o demo-output

test: $(VENV)/.ready
	$(PYTEST) -m 'not soak' $(HOUSE:%=--ignore=%)

soak: $(VENV)/.ready
	$(PYTEST) -m soak

check: $(VENV)/.ready
	$(BIN)/ruff check toolkit tests
	$(BIN)/ruff format --check toolkit tests
	$(BIN)/mypy
	$(BIN)/python -m pytest $(HOUSE)

bench: $(VENV)/.ready
	$(BIN)/python -m tests.bench

fuzz: $(VENV)/.ready
	$(BIN)/python -m tests.fuzz --seconds 600

# Rebuild what is committed in filled/ and blank_templates/ (after a change of the forms or of the writer).
samples: $(VENV)/.ready
	$(BIN)/python -m tests.samples

# The whole tool in one HTML file; the runtime is fetched here, pinned by its digests, and never committed.
page: $(VENV)/.ready
	mkdir -p build/runtime dist/page
	cp toolkit/page/runtime/* build/runtime/
	npm ci --prefix build/runtime --ignore-scripts --no-audit --no-fund --silent
	$(BIN)/python -m pip download --quiet --no-deps --require-hashes --only-binary=:all: --python-version 3.14 \
	  --platform pyemscripten_2026_0_wasm32 -r build/runtime/wheels.txt -d build/runtime
	$(BIN)/nianbao page -o dist/年报工具.html --runtime build/runtime
	cp dist/年报工具.html dist/page/index.html

# The pictures of the documents, as everything looks now.
pictures: page
	$(BIN)/python -m tests.pictures dist/年报工具.html

# Wheels and installer for computers with Python and no network; BUNDLE_PYTHON is the version that they have.
BUNDLE_PYTHON ?= 3.11
bundle: $(VENV)/.ready
	$(BIN)/python -m tests.bundle dist/离线安装 --python $(BUNDLE_PYTHON)

clean:
	rm -rf $(VENV) demo-output dist build .pytest_cache .mypy_cache .ruff_cache
