# Two commands do all the set-up: `make serve` to look at the example, `make test` to run every test.
# They need Python 3.11 or later, git and make; each keeps an environment of its own.

PYTHON ?= python3
LEDGER ?= ledgers/main.beancount
RUN := .venv
DEV := .venv-test
unexport PYTHONDONTWRITEBYTECODE # where it is set, each process that a test starts would compile the program again

.PHONY: help serve test quick check format catalogues checks benchmark evidence clean

help:
	@echo "make serve      the example cooperative in Fava, at http://127.0.0.1:5000"
	@echo "make test       every test"
	@echo "make quick      the tests without servers, browsers and many seeds: under two minutes on two cores"
	@echo "make check      the static gates: ruff, mypy, the arrows between the rooms, the example ledger"
	@echo "make format     put the code in its standard form"
	@echo "make catalogues take up the new texts of all that people read, and compile what is translated"
	@echo "make checks     take up the codes and messages of all errors in docs/checks.md"
	@echo "make benchmark  what a command costs to start, the suite's share of a load, and loads beside Beancount's: over an hour"
	@echo "make evidence   try to break each promise, and print one table"
	@echo "make clean      take the environments away"

serve: $(RUN)/ready
	$(RUN)/bin/beancoop check --ledger $(LEDGER)
	$(RUN)/bin/beancoop serve --ledger $(LEDGER)

test: $(DEV)/ready
	$(DEV)/bin/pytest -n auto --dist worksteal --cov --cov-report=term

quick: $(DEV)/ready
	$(DEV)/bin/pytest -n auto --dist worksteal -q -m "not slow"

check: $(DEV)/ready
	$(DEV)/bin/ruff check
	$(DEV)/bin/ruff format --check
	$(DEV)/bin/mypy
	$(DEV)/bin/mypy -p tests.fava
	$(DEV)/bin/lint-imports --no-logo
	$(DEV)/bin/beancoop check --ledger $(LEDGER)
	for ledger in $(LEDGER) ledgers/activities/*/ledger.beancount; do $(DEV)/bin/bean-check -C "$$ledger" || exit 1; done

format: $(DEV)/ready
	$(DEV)/bin/ruff check --fix
	$(DEV)/bin/ruff format

TRANSLATIONS := plugins/beancoop/words/translations
PACKAGES := plugins/beancoop importers/beancoop_importers fava_extensions/beancoop_fava fava_extensions/beancoop_server cli/beancoop_cli
BABEL := $(DEV)/bin/pybabel -q

catalogues: $(DEV)/ready
	$(BABEL) extract -F pyproject.toml -k mark -k t -k phrase:1 -k phrase:1,2,2t -k phrase:1,2,3t -k error:2 -k error:2,3,3t -k error:2,3,4t \
	    --no-location --sort-output --no-wrap --omit-header -o $(TRANSLATIONS)/beancoop.pot $(PACKAGES)
	$(BABEL) update -D beancoop -i $(TRANSLATIONS)/beancoop.pot -d $(TRANSLATIONS) \
	    --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BABEL) compile -D beancoop -d $(TRANSLATIONS)
	rm $(TRANSLATIONS)/beancoop.pot

checks: $(DEV)/ready
	$(DEV)/bin/python tests/codes.py

benchmark: $(DEV)/ready
	$(DEV)/bin/python tests/benchmarks/startup.py
	$(DEV)/bin/python tests/benchmarks/plugins.py
	$(DEV)/bin/python tests/benchmarks/loads.py

evidence: $(DEV)/ready
	$(DEV)/bin/python tests/evidence/table.py

clean:
	rm -rf $(RUN) $(DEV)

$(RUN)/ready: pyproject.toml
	$(call environment,$(RUN),.)

$(DEV)/ready: pyproject.toml
	$(call environment,$(DEV),.[dev])

define environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "beancoop needs Python 3.11 or later; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(1)
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check --editable '$(2)'
	@touch $@
endef
