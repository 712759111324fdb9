# The two commands are `make demo` and `make test`; see CONTRIBUTING.md for the others.

# Our own builds treat warnings as errors (Package.swift).
export NIKS3_STRICT := 1

# demo, test and bench share this configuration, so that a clone is built once.
CONFIGURATION := -c release -Xswiftc -enable-testing
PROGRAMS = $(shell swift build $(CONFIGURATION) --show-bin-path)

# How long make fuzz runs each target.
SECONDS ?= 60

# How many histories make simulate plays.
SEEDS ?= 100000

.PHONY: help demo test build bench lint format docs api-check fuzz simulate sanitize model dist

help:
	@echo 'make demo      build, start the embedded server, push a closure, fetch it back with Nix'
	@echo 'make test      build, and run every test'
	@echo 'make build     build the programs'
	@echo 'make bench     compare with nix, zstd, openssl, curl and others on this machine (ROWS="closure again")'
	@echo 'make dist      make the release archives in dist/, and run them where nothing else is'
	@echo 'make lint      check the format, who imports what, the guides and the packages'
	@echo 'make format    format the sources'
	@echo 'make docs      build the documentation of the libraries, and find what is not documented'
	@echo 'make api-check compare the public API of the libraries with that of the last release'
	@echo 'make fuzz      run each fuzz target for a minute (SECONDS=60)'
	@echo 'make simulate  play many histories of the lifecycle (SEEDS=100000), and find each broken rule'
	@echo 'make sanitize  run the in-process tests under the thread and the address sanitizer'
	@echo 'make model     check the model of uploads and collections, and that each mutation breaks it'

demo:
	@scripts/bootstrap demo
	@swift build $(CONFIGURATION)
	@scripts/demo "$(PROGRAMS)"

test:
	@scripts/bootstrap test
	@swift build $(CONFIGURATION) --build-tests
	@scripts/check-docc "$(PROGRAMS)"
	@swift test $(CONFIGURATION) --skip-build --disable-xctest --experimental-maximum-parallelization-width 6

build:
	@scripts/bootstrap build
	@swift build $(CONFIGURATION)

bench:
	@scripts/bootstrap bench
	@swift build $(CONFIGURATION)
	@Benchmarks/run.sh "$(PROGRAMS)" $(ROWS)

dist:
	@scripts/bootstrap dist
	@scripts/dist
	@scripts/check-dist

lint:
	@scripts/bootstrap lint
	@swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks Fuzz Examples
	@scripts/check-layers
	@scripts/check-docs
	@scripts/check-packaging

format:
	@swift format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks Fuzz Examples

docs:
	@scripts/bootstrap docs
	@swift build $(CONFIGURATION)
	@scripts/check-docc "$(PROGRAMS)"

api-check:
	@scripts/bootstrap docs
	@scripts/api-check

fuzz:
	@scripts/bootstrap build
	@for target in $(notdir $(wildcard Fuzz/Seeds/*)); do Fuzz/run.sh $$target $(SECONDS) || exit 1; done

simulate:
	@scripts/bootstrap test
	@swift build $(CONFIGURATION) --build-tests
	@NIKS3_SIMULATE_SEEDS=$(SEEDS) swift test $(CONFIGURATION) --skip-build --disable-xctest \
		--filter CacheCoreTests.SimulationTests

sanitize:
	@scripts/bootstrap test
	@scripts/sanitize

model:
	@scripts/bootstrap model
	@scripts/model
