SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Left to the default, a checkout that git distrusts would fail the build.
DEVENV := go run -buildvcs=false ./devenv

##@ Local environment

.PHONY: up
up: ## build and start Temporal, Kubernetes, AWS, the bridge and two workers
	@$(DEVENV) up

.PHONY: down
down: ## stop what up has started
	@$(DEVENV) down

.PHONY: status
status: ## show what runs where
	@$(DEVENV) status

##@ About

.PHONY: help
help: ## show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
