# 巧姐姐 · two commands do everything: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
export PORT

.PHONY: help demo test install lint openapi migrate seed bench bench-full soak client-check clean-data

help: ## what each command does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(VENV)/.installed ## the virtual environment, from the lock file
$(VENV)/.installed: requirements.lock setup.cfg pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing…"; $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

demo: install ## everything, running: database, migrations, sample city, web, jobs (PORT=8000)
	@QJJ_MODE=demo exec $(BIN)/python -m qiaojiejie.sandbox.demo

test: install ## every test, with flake8, mypy, import-linter and openapi.yaml's freshness among them
ifdef ARGS
	@$(BIN)/python -m pytest $(ARGS)
else
	@$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder
endif

lint: install ## flake8, mypy and import-linter alone
	@$(BIN)/flake8 src tests benchmarks wsgi.py && $(BIN)/mypy && $(BIN)/lint-imports

openapi: install ## write openapi.yaml from the routes
	@QJJ_MODE=demo $(BIN)/flask describe

client-check: install ## lint openapi.yaml and compile a TypeScript client from it (needs node)
	@bash tests/house/client/check.sh

migrate: install ## bring DATABASE_URL (or the embedded database) up to date
	@QJJ_MODE=$${QJJ_MODE:-demo} $(BIN)/qiaojiejie migrate

seed: install ## the sample city in an empty database (WORKERS=3000)
	@QJJ_MODE=demo $(BIN)/flask seed --workers $${WORKERS:-3000}

bench: install ## every goal of speed in a table, 100,000 workers (ARGS="reads hot" for some subjects)
	@$(BIN)/python -m benchmarks $(ARGS)

bench-full: install ## the same with 10,000, 100,000 and 1,000,000 workers, and for longer
	@$(BIN)/python -m benchmarks --full $(ARGS)

soak: install ## what it must survive, at full size, then without each guard (SEED=1 ARGS="--parts storms timings")
	@$(BIN)/python -m tests.soak --seed $${SEED:-1} --seeds $${SEEDS:-5} --kills $${KILLS:-40} $(ARGS)

clean-data: ## throw away the embedded databases and uploaded files
	rm -rf instance
