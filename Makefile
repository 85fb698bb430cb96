# haat: `make run` sets up, builds and plays the whole story; `make test` proves it. Nothing else to type.
SHELL := /bin/bash
RELEASE := build/release

.PHONY: run test check bench format package clean setup build

run: build
	$(RELEASE)/bin/haat demo

test: build
	tools/with_postgres ctest --preset release --output-on-failure
	tools/browser_tests $(RELEASE)/bin

# What takes longer: the second compiler, sanitizers, tidy, fuzzers, the contract against the server.
check: test
	tools/check

bench: build
	$(RELEASE)/bin/haat demo --once --json

format: setup
	git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 -i

package: build
	cd $(RELEASE) && cpack -G DEB

setup:
	tools/setup

build: setup
	npm run --prefix web --silent build
	cmake --preset release >/dev/null
	cmake --build --preset release

clean:
	rm -rf build/release build/asan build/tsan build/gcc build/fuzz build/tidy web/dist
