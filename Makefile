# Every module of the repository; ./... never enters a nested one.
MODULES := $(sort $(patsubst %/,%,$(dir $(shell find . -name go.mod -not -path './.*/*'))))
LINT    := go tool -modfile=$(CURDIR)/tools/go.mod golangci-lint

FUZZTIME ?= 10s
# Where govulncheck gets what is known; a mirror of it will do.
GOVULNDB ?= https://vuln.go.dev
INSTANCES ?= 2000
# Debian's, which has Debian's packages.
PYTHON    ?= $(firstword $(wildcard /usr/bin/python3) python3)

# in-modules runs a command in each module and stops at the first that fails.
in-modules = @set -e; for module in $(MODULES); do echo "== $$module: $(1)"; (cd $$module && $(1)); done

.DEFAULT_GOAL := help
.PHONY: help test test-browser test-clients lint fmt generate generate-check cover fuzz bench chaos mutate vuln tidy-check ci

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

test: ## Run the tests of all modules, with the race detector and in random order
	$(call in-modules,go test -race -shuffle=on ./...)

test-browser: ## Run the console's tests in Chromium, which is installed if it can be
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
		{ apt-get update -q && apt-get install -q -y --no-install-recommends chromium fonts-noto-cjk; }
	cd internal/browsertest && BROWSER_REQUIRED=1 go test -count=1 ./...

lint: ## Run the linters over all modules (first run: 1 to 3 minutes to build them)
	$(LINT) config verify
	go vet -tags dingtalk ./internal/conformance # the suite for the real service compiles
	$(call in-modules,$(LINT) run --config $(CURDIR)/.golangci.yml ./...)
	@for file in $$(find emulator/ui/assets -name '*.js'); do \
		node --input-type=module --check < $$file || { echo "$$file"; exit 1; }; done # needs node 20

fmt: ## Format all modules
	$(call in-modules,$(LINT) fmt --config $(CURDIR)/.golangci.yml ./...)

generate: ## Write what follows from api/: *_gen.go, internal/spec/spec_gen.json, docs/API.md
	go -C tools run ./operations

generate-check: ## Fail when generated files are stale or a service method disagrees with api/
	go -C tools run ./operations -check

cover: ## Write coverage.out and print the total
	go test -coverprofile=coverage.out ./...
	go tool cover -func=coverage.out | tail -n 1

fuzz: ## Run every fuzz target of all modules for FUZZTIME (10s)
	@set -e; for module in $(MODULES); do cd $(CURDIR)/$$module; \
		for package in $$(go list ./...); do \
			for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
				echo "== $$package $$target"; \
				go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package; \
			done; \
		done; \
	done

test-clients: ## Run clients in Node, Python and Java against dingoa serve; needs node 20 and npm, installs the rest
	go build -o bin/ ./cmd/dingoa
	@command -v javac >/dev/null && $(PYTHON) -c 'import cryptography, requests, websockets' 2>/dev/null || \
		{ apt-get update -q && apt-get install -q -y --no-install-recommends \
			default-jdk-headless python3 python3-cryptography python3-requests python3-websockets; }
	cd internal/clients/node && npm ci --no-audit --no-fund && DINGOA=$(CURDIR)/bin/dingoa npm test
	cd internal/clients/python && DINGOA=$(CURDIR)/bin/dingoa $(PYTHON) -B -m unittest
	rm -rf bin/java && javac -encoding UTF-8 -Xlint:all,-try -Werror -d bin/java internal/clients/java/*.java
	DINGOA=$(CURDIR)/bin/dingoa java -cp bin/java Clients

bench: ## Measure the SDK beside the same work done by hand (4 minutes)
	cd bench && go test ./... && go run ./ratios

chaos: ## Drive INSTANCES (2000) approvals to their end while processes are killed and pushes lost
	cd inbox && go test -count=1 -timeout 25m -parallel 1 -v ./chaos -instances $(INSTANCES)

mutate: ## Remove each check in turn and say which the tests do not miss (20 minutes)
	go -C tools run ./mutate

vuln: ## Look for known vulnerabilities in what all modules call, if the database can be reached
	@if curl -fsS -o /dev/null --max-time 10 $(GOVULNDB)/index/db.json; then \
		for module in $(MODULES); do echo "== $$module: govulncheck"; \
			(cd $$module && go tool -modfile=$(CURDIR)/tools/go.mod govulncheck -db $(GOVULNDB) ./...) || exit 1; \
		done; \
	else echo "SKIPPED: make vuln: $(GOVULNDB) cannot be reached from here; nothing was checked"; fi

tidy-check: ## Fail when go.mod or go.sum of a module is not tidy
	$(call in-modules,go mod tidy -diff)

ci: test lint generate-check tidy-check ## Run what CI runs
