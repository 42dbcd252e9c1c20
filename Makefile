# `make demo` and `make test` are all a newcomer needs; both make their own .venv.
PYTHON ?= python3
BIN := .venv/bin
FRESH ?=
BENCH ?=
PORT ?= 8780

.PHONY: demo install test chaos bench check pictures format clean

demo: .venv/runtime
	@$(BIN)/bashgah demo --port $(PORT) $(if $(FRESH),--fresh)

install: .venv/everything

test: .venv/everything
	$(BIN)/pytest -n auto

chaos: .venv/everything
	BOOK_STEPS=10000 BOOK_SPENDS=10000 $(BIN)/pytest -s tests/book
	TICKS=10000 $(BIN)/pytest -s tests/services/test_many_ticks.py
	CHAOS_RECIPIENTS=10000 CHAOS_KILLS=200 CHAOS_FREEZES=50 $(BIN)/pytest -s tests/chaos

bench: .venv/everything .venv-peers/everything
	$(BIN)/python -m benchmarks.send $(BENCH)
	$(BIN)/python -m benchmarks.send --postgres --senders Bashgah "Bashgah, by name" $(BENCH)
	$(BIN)/python -m benchmarks.sandbox
	$(BIN)/python -m benchmarks.book --rounds=1 --members=100000 --transfers=100000

check: .venv/everything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/house

pictures: .venv/everything
	$(BIN)/python -m tests.pictures

format: .venv/everything
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .venv-peers var

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/runtime: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

.venv/everything: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch .venv/runtime $@

# Others' libraries stay apart from ours.
.venv-peers/everything: benchmarks/peers/requirements.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --quiet --disable-pip-version-check --requirement $<
	@touch $@
