# The commands of daily work. `make install` makes the environment that they use.
bin := ".venv/bin"

[private]
default:
    @just --list

# Lint, types, import layers.
check:
    {{bin}}/ruff check
    {{bin}}/ruff format --check
    {{bin}}/mypy
    {{bin}}/pyright
    {{bin}}/lint-imports

# The test suite without what is marked slow; arguments go to pytest.
test *args:
    {{bin}}/python -m pytest -n 2 --dist worksteal {{args}}

# The whole test suite.
test-all *args:
    {{bin}}/python -m pytest -n 2 --dist worksteal -m "" {{args}}

# Generate the example, migrate, seed and serve it.
demo port="8000":
    {{bin}}/python scripts/demo.py --port {{port}}

# Write the emitted files of the reference app anew, from its contract.
regen:
    {{bin}}/python scripts/regen.py

# Say where a file of the reference app is to be edited.
origin +paths:
    {{bin}}/python scripts/origin.py {{paths}}

# Pin all dependencies anew, to the newest that pyproject.toml permits.
pin:
    {{bin}}/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
        --no-config --no-header --no-annotate --no-emit-package apismith --upgrade --quiet --output-file constraints.txt
    {{bin}}/python scripts/requirements.py | (cd src/apismith/reference/sql && \
        {{justfile_directory()}}/{{bin}}/uv pip compile pyproject.toml - --universal --python-version 3.11 \
        --generate-hashes --no-config --no-header --upgrade --quiet --output-file ../requirements.lock)
    {{bin}}/python scripts/regen.py

# Write docs/reference anew from the code.
docs:
    {{bin}}/python scripts/docs.py

# Schemathesis against served backends, on SQLite and PostgreSQL, as member and as admin; seconds of each run.
conformance seconds="180":
    APISMITH_CONFORMANCE_SECONDS={{seconds}} {{bin}}/python -m pytest -n 2 -m "" tests/conformance

# Generated backends with the lowest and the newest of what they depend on, on every Python of this machine.
pins:
    {{bin}}/python -m pytest -m "" -rs tests/backends/test_pins.py

# What a request costs a generated backend, beside other ways to write it; kept in docs/benchmarks.md. Needs PostgreSQL.
bench *args:
    {{bin}}/python -m benchmarks.backend --write {{args}}

# What `apismith new` and `--help` cost, beside a Python that only starts.
bench-new *args:
    {{bin}}/python benchmarks/new.py {{args}}
