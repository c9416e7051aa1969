SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# With the default setting, the build fails in a checkout that git distrusts.
DEVENV := go run -buildvcs=false ./devenv

# Where Temporal keeps its data: sqlite or postgres.
TEMPORAL_DB ?= sqlite
export TACK_TEMPORAL_DB ?= $(TEMPORAL_DB)

##@ Local environment

.PHONY: up
up: ## build and start Temporal, Kubernetes, AWS, the bridge and two workers
	@$(DEVENV) up

.PHONY: down
down: ## stop everything that up started
	@$(DEVENV) down

.PHONY: demo
demo: ## start everything and show what Tack does, in a minute
	@go run -buildvcs=false ./devenv/demo

.PHONY: demo-web
demo-web: ## create a whole network, in any order, and delete it with its namespace
	@go run -buildvcs=false ./devenv/demo -web

.PHONY: demo-hub
demo-hub: ## create a hub and a spoke in two accounts, in any order, and delete both namespaces
	@go run -buildvcs=false ./devenv/demo -hub

.PHONY: demo-adopt
demo-adopt: ## adopt what CloudFormation made, and take over what ACK left
	@go run -buildvcs=false ./devenv/demo -adopt

.PHONY: demo-accounts
demo-accounts: ## show three teams with a wrong role each, the fixes, and a namespace that moves
	@go run -buildvcs=false ./devenv/demo -accounts

.PHONY: screenshots
screenshots: ## take the pictures in docs/images from the last demo, with Chromium
	@go run -buildvcs=false ./devenv/screenshots

.PHONY: status
status: ## show all parts with their addresses
	@$(DEVENV) status

##@ Checks

.PHONY: lint
lint: ## check the format, and run the linters
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "gofmt these: $$unformatted"; exit 1; }
	go vet ./...
	go build -C devenv/tools/lint -buildvcs=false -o ../../../.tack/bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	.tack/bin/golangci-lint run ./...

.PHONY: test-short
test-short: ## run all tests that need no servers
	go vet ./...
	go build -C devenv/tools/workflowcheck -buildvcs=false -o ../../../.tack/bin/workflowcheck go.temporal.io/sdk/contrib/tools/workflowcheck
	.tack/bin/workflowcheck ./workflows/...
	go test -short ./...
	go test -C devenv/tools/codegen ./...
	@before=$$($(GENERATED)); go run -C devenv/tools/codegen -buildvcs=false .; \
		test "$$before" = "$$($(GENERATED))" || { echo "apis or config/crd were out of date: make generate has now run, review the changes"; exit 1; }

# Every generated file with its hash.
GENERATED := find apis config/crd -type f -exec sha256sum {} + | sort -k 2

.PHONY: test
test: test-short ## run all tests, including those with the real stack; ARGS=-kinds.all tries each kind in each of them
	$(DEVENV) build
	TACK_MOTO=$(CURDIR)/.tack/bin/tack_moto go test ./devenv/gateway/... -count=1
	go test -C test/compose ./...
	go test -C devenv/temporal ./...
	@# These tests mostly wait, so more of them than processors may run in parallel.
	go test ./test/e2e -count=1 -parallel 16 -timeout 60m $(ARGS)

.PHONY: crash
crash: ## kill every part and lose every call at every boundary; ARGS=… adds flags
	go test ./test/e2e -run '^(TestCrashRows|TestStartUpRace)$$' -crash.all -count=1 -timeout 150m -v $(ARGS)

.PHONY: bench
bench: ## measure times, AWS calls and CPU with the real stack: docs/benchmarks.md
	go test ./test/bench -run '^$$' -bench . -benchtime 1x -timeout 30m

.PHONY: generate
generate: ## regenerate the API types and the CRDs
	go run -C devenv/tools/codegen -buildvcs=false .

##@ About

.PHONY: help
help: ## show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
