# `make demo` and `make test` need Python >= 3.11 and nothing else; `just` lists the commands of daily work.
VENV := .venv
export PYTHON
BIN := $(VENV)/bin
PORT ?= 8000
WORKERS ?= 2
STAMP := $(VENV)/.installed

.PHONY: install demo test test-all clean

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt scripts/install.sh
	@echo "Installing into $(VENV) ..."
	@sh scripts/install.sh $(VENV)
	@touch $@

demo: install
	@$(BIN)/python scripts/demo.py --port $(PORT)

test: install
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

test-all: install
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m ""

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist build
