# The two commands are `make demo` and `make test`; see CONTRIBUTING.md for the others.

# Our own builds treat warnings as errors (Package.swift).
export NIKS3_STRICT := 1

# demo, test and bench share this configuration, so that a clone is built once.
CONFIGURATION := -c release -Xswiftc -enable-testing
PROGRAMS = $(shell swift build $(CONFIGURATION) --show-bin-path)

# How long make fuzz runs each target.
SECONDS ?= 60

.PHONY: help demo test build bench lint format fuzz sanitize

help:
	@echo 'make demo      build, start the embedded server, push a closure, fetch it back with Nix'
	@echo 'make test      build, and run every test'
	@echo 'make build     build the programs'
	@echo 'make bench     compare with nix, zstd, openssl and curl on this machine'
	@echo 'make lint      check the format'
	@echo 'make format    format the sources'
	@echo 'make fuzz      run each fuzz target for a minute (SECONDS=60)'
	@echo 'make sanitize  run the in-process tests under the thread and the address sanitizer'

demo:
	@scripts/bootstrap demo
	@swift build $(CONFIGURATION)
	@scripts/demo "$(PROGRAMS)"

test:
	@scripts/bootstrap test
	@swift build $(CONFIGURATION) --build-tests
	@swift test $(CONFIGURATION) --skip-build --disable-xctest --experimental-maximum-parallelization-width 6

build:
	@scripts/bootstrap build
	@swift build $(CONFIGURATION)

bench:
	@scripts/bootstrap test
	@Benchmarks/compare.sh
	@swift build $(CONFIGURATION)
	@Benchmarks/push.sh "$(PROGRAMS)"

lint:
	@swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks Fuzz

format:
	@swift format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks Fuzz

fuzz:
	@for target in nar narinfo xml create; do Fuzz/run.sh $$target $(SECONDS) || exit 1; done

sanitize:
	@scripts/sanitize
