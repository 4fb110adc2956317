# Two commands: `make run` (everything set up and running) and `make test` (everything checked).
PY := .venv/bin/python
.PHONY: setup run demo test check bench campaigns room lock messages browser clean

setup: .venv/ready

.venv/ready: requirements/dev.txt pyproject.toml tools/setup.sh
	@sh tools/setup.sh

run: setup
	@$(PY) -m tools.run

demo: setup
	@$(PY) -m boai init && $(PY) -m boai demo

test: setup
	@$(PY) -m tools.test all

check: setup
	@$(PY) -m tools.test fast

browser: setup
	@$(PY) -m tools.test browser

bench: setup
	@$(PY) -m boai bench

campaigns: setup
	@$(PY) -m tests.campaigns --tier long --record

room: setup
	@$(PY) -m tools.room --name "$(NAME)" --wing "$(WING)"

messages: setup
	@$(PY) -m tools.messages update && $(PY) -m tools.messages compile

lock: setup
	@sh tools/lock.sh

clean:
	rm -rf .venv var
