# Everything a newcomer needs: `make demo` shows Isogloss at work, `make test` checks it.
PYTHON ?= python3
BIN := .venv/bin
EXTRAS := dev,fast,cluster,baseball,bigquery,oracle,local,train,openai,anthropic,google-genai,ollama

.PHONY: demo test check lint types bench clean emulator examples

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

.venv/ready-dev: .venv/ready
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$(EXTRAS)]'
	touch $@

# In an environment of its own, for it needs other versions of DuckDB and sqlglot than Isogloss does.
.emulator/ready:
	$(PYTHON) -m venv .emulator
	.emulator/bin/pip install --quiet --disable-pip-version-check bqemulator==1.4.0 numpy \
		duckdb==1.5.5 duckdb-extensions==1.5.5 duckdb-extension-spatial==1.5.5
	.emulator/bin/python -c "from duckdb_extensions import import_extension; import_extension('spatial')"
	touch $@

emulator: .emulator/ready ## install a BigQuery emulator, for the tests that reach a project: export ISOGLOSS_BQEMULATOR=.emulator

examples: .venv/ready-dev ## install the example of a dialect in a package of its own, with its engine, for its tests
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable examples/clickhouse

.typing/isogloss:
	mkdir -p .typing && ln -s .. $@

demo: .venv/ready ## build 100 verified pairs for PostgreSQL from the NYC flights database
	$(BIN)/isogloss build --dialect postgres --db flights --n 100 --out runs/demo

test: .venv/ready-dev ## run the tests
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not alone"
	$(BIN)/pytest -m alone

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready-dev .typing/isogloss ## the symlink lets the type checker, which knows no import hooks, find the package
	MYPYPATH=.typing $(BIN)/mypy -p isogloss

check: lint types test

bench: .venv/ready-dev ## pairs per second against the engines alone, by stage, and the graph against a bare loop; it misses its aim at 0.2 s
	$(BIN)/python benchmarks/build.py 400 shop sqlite postgres duckdb mysql
	$(BIN)/python benchmarks/orchestration.py 192 2
	-$(BIN)/python benchmarks/orchestration.py 192 0.2

clean:
	rm -rf .venv .emulator .typing build *.egg-info .mypy_cache .ruff_cache .pytest_cache
