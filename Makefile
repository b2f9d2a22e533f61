# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo

.PHONY: setup lock demo test lint healthy doctor draws hints gradescope-rehearsal bench clean otter-proof cluster-proof \
	notebooks oracles fuzz

setup: $(VENV)/ready

# torch comes by its exact pin alone: which build it is, and what that needs, depends on the machine.
$(VENV)/ready: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# After a change of pyproject.toml: what is installed now, with the hashes of every file of each version.
lock: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[cluster,dev]'
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check \
		-r autograder/publish/gradescope_files/requirements-uv.txt
	head -2 requirements.lock > build/lock/requirements.lock
	$(BIN)/python -m pip list --format freeze --exclude autograder --exclude torch --exclude pip \
		| sed 's/^slipcover.*/& ; sys_platform == "linux" and platform_machine == "x86_64"/' > build/lock/names
	build/lock/bin/uv pip compile --quiet --universal --no-deps --generate-hashes --no-header --no-annotate \
		--python-version $$($(BIN)/python -c "import platform; print(platform.python_version())") \
		build/lock/names >> build/lock/requirements.lock
	mv build/lock/requirements.lock $@.new && mv $@.new requirements.lock

demo: setup
	rm -rf $(DEMO)
	$(BIN)/autograder grade tests/kit/sample_class -a rl_foundations -o $(DEMO)

# Beside the tests: which lines of the engine run in their own processes. What they start (workers, commands) is not
# looked into, so the floor, a few points under what is measured, is lower than what the tests reach. There is none
# on other machines: of slipcover they have no build, and macOS runs a part of the tests.
FLOOR := 85
ifeq ($(shell uname -sm),Linux x86_64)
MEASURED := -m slipcover --source autograder --json --out build/coverage.json
endif
test: lint healthy
	mkdir -p build
	$(BIN)/python $(MEASURED) -m pytest -n auto --maxprocesses 4 --dist loadfile
	@[ -z "$(MEASURED)" ] || $(MAKE) --no-print-directory floor

.PHONY: floor
floor:
	@$(BIN)/python -m slipcover --merge build/coverage.json --out build/coverage.json --fail-under $(FLOOR) \
		--missing-width 1000 > build/coverage.txt; below=$$?; \
		awk 'END { print "coverage: " $$4 " % of " $$2 " lines run in the tests\047 own processes" \
		" (floor: $(FLOOR) %; build/coverage.txt lists the others)" }' build/coverage.txt; exit $$below

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The kit as one file that pip installs, with all that an author needs.
.PHONY: wheel
wheel: setup
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# The wheel in an environment of its own, without this clone: a course begun, judged and built. Minutes.
.PHONY: wheel-proof
wheel-proof: setup
	$(BIN)/python -m pytest -m "slow or not slow" tests/kit/test_wheel.py

# What make test has time for: the core assignment and the second course, the first draw of the hidden inputs.
healthy: setup
	$(BIN)/autograder doctor --quick -a rl_foundations
	$(BIN)/autograder --course examples/language build >/dev/null
	$(BIN)/autograder --course examples/language doctor --quick

# Every assignment, still the first draw. A quarter of an hour.
doctor: setup
	$(BIN)/autograder doctor --quick

# Is every draw of the hidden inputs worth the same? Many minutes.
draws: setup
	$(BIN)/autograder doctor

# Each known mistake in four writings: which hint does it get? Many minutes.
hints: setup
	mkdir -p build
	$(BIN)/autograder doctor --hints build/hints.csv

# Real wrong answers: what is each told? Minutes.
.PHONY: wild
wild: setup
	$(BIN)/python -m pytest -m "slow or not slow" -s tests/kit/test_wild.py

# As root, with debootstrap and util-linux: minutes.
gradescope-rehearsal: setup
	$(BIN)/python tests/rehearsal/gradescope.py

# The collection of attacks against the grader and the Gradescope zip of one assignment: nothing may gain.
STEM ?= rl_foundations
.PHONY: redteam
redteam: setup
	$(BIN)/autograder build
	$(BIN)/autograder redteam dist/gradescope_$(STEM).zip

# As root: the sample class beside attackers of all kinds, in a container of one processor and 1 GB.
.PHONY: crowd
crowd: setup
	$(BIN)/python tests/rehearsal/crowd.py

# docs/pictures/ anew, from what commands print and pages show. Needs Debian's chromium.
.PHONY: pictures
pictures: setup
	$(BIN)/python docs/pictures/make.py

# assignments/*/pictures/ anew: pictures of the labs, drawn on the references, that handouts show. Minutes.
.PHONY: handout-pictures
handout-pictures: setup
	$(BIN)/python docs/pictures/handouts.py

bench: setup
	$(BIN)/python benchmarks/run.py

# What one submission costs, part by part, and how many calls, figures and trainings are in it. Minutes.
.PHONY: costs
costs: setup
	$(BIN)/python -m pytest -m "slow or not slow" tests/kit/test_costs.py
	$(BIN)/python benchmarks/costs.py

# Right files with a quirk, all of them: full points, and the same at home. Minutes.
.PHONY: quirks
quirks: setup
	$(BIN)/python -m pytest -m "slow or not slow" tests/kit/test_quirks.py

# A quarter of an hour: otter 7 on 60 honest submissions, the sample class and a dozen attacks.
otter-proof: setup
	$(BIN)/python -m pytest -m "slow or not slow" tests/kit/test_otter.py tests/kit/test_same_answer.py

# 500 submissions on two workers, one of which is killed: the gradebook is that of a local run.
cluster-proof: setup
	$(BIN)/python -m pytest -m slow tests/kit/test_cluster.py

# As root, with podman: the image is built, and a class, the attacks and Gradescope's way are tried in it. Minutes.
.PHONY: container-proof
container-proof: setup
	$(BIN)/python tests/rehearsal/desk.py

# Every notebook of every assignment, run by a real kernel.
notebooks: setup
	$(BIN)/python -m pytest -m "slow or not slow" tests/kit/test_notebooks.py

# Minutes: everything that reads what a student controls, on made-up input. FUZZ inputs for each reader.
FUZZ ?= 20000
fuzz: setup
	AUTOGRADER_FUZZ=$(FUZZ) $(BIN)/python -m pytest -m "slow or not slow" tests/fuzz

# The same readers on input that grows towards lines not yet reached, a minute each (atheris: Linux and macOS only).
.PHONY: fuzz-guided
fuzz-guided: setup
	$(PYTHON) -m venv build/atheris
	build/atheris/bin/python -m pip install --quiet --disable-pip-version-check atheris
	set -e; for reader in frames sheet notebook program; do \
		PYTHONPATH=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'):. \
		build/atheris/bin/python tests/fuzz/guided.py $$reader -max_total_time=60; done

# The references against independent libraries (jax, torchrl, trl, ...), in an environment of their own.
oracles:
	$(PYTHON) -m venv build/oracles
	build/oracles/bin/python -m pip install --quiet --disable-pip-version-check torch==2.13.0 -e '.[oracles,dev]'
	build/oracles/bin/python -m pytest -m "slow or not slow" tests/oracles

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache
