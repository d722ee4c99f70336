# Each target sets up .venv by itself, and only when what it is made from has changed.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: evaluate test test-lowest lint docs pictures bench clean

evaluate: $(READY)
	$(BIN)/python -m arts.evaluate

test: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile -m "not timed" --durations=10
	$(BIN)/python -m pytest -m timed --durations=10

# The fast tests with the lowest version of each library that setup.cfg allows
test-lowest:
	test -x .venv-lowest/bin/python || $(PYTHON) -m venv .venv-lowest
	$(PYTHON) tests/lowest_versions.py > .venv-lowest/constraints.txt
	.venv-lowest/bin/pip install --quiet --constraint .venv-lowest/constraints.txt \
		--editable ".[offline,llm,ray,leaderboard,dev]"
	OMP_NUM_THREADS=1 .venv-lowest/bin/python -m pytest -n logical --maxprocesses 4 --dist loadfile \
		-m "not slow and not timed"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build
	$(BIN)/pip install --quiet --no-deps --target build/typecheck .
	MYPYPATH=build/typecheck $(BIN)/mypy -p arts

# The site, in site/; a link that leads nowhere is an error
docs: $(READY)
	$(BIN)/python -m mkdocs build --strict

# The pictures of the documentation, in docs/images/
pictures: $(READY)
	$(BIN)/python docs/pictures.py

bench: $(READY)
	$(BIN)/python benchmarks/speed/durations.py
	$(BIN)/python benchmarks/speed/merging.py

$(READY): setup.cfg pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[offline,leaderboard,ray,docs,dev]"
	touch $@

clean:
	rm -rf .venv .venv-lowest build dist site *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
