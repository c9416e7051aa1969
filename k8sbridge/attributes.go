package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/tack-dev/tack/internal/process"
	"github.com/tack-dev/tack/resource"
)

// awaitAttributes registers the search attributes. It waits for a server or a namespace that does
// not exist yet.
func awaitAttributes(ctx context.Context, log *slog.Logger, health *process.Health, temporal client.Client, namespace string) error {
	return process.Await(ctx, log, health, func(ctx context.Context) error { return registerAttributes(ctx, temporal, namespace) })
}

// registerAttributes ensures that the search attributes exist, because no run can start without
// them. If it may not register them, its error says who must do what.
func registerAttributes(ctx context.Context, temporal client.Client, namespace string) error {
	if namespace == "" {
		namespace = client.DefaultNamespace
	}
	operator := temporal.OperatorService()
	known, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("listing the search attributes of namespace %s: %w", namespace, err)
	}
	missing := map[string]enumspb.IndexedValueType{}
	var command strings.Builder
	for _, name := range resource.SearchAttributes() {
		if kind, ok := known.CustomAttributes[name]; ok {
			if kind != enumspb.INDEXED_VALUE_TYPE_KEYWORD {
				return fmt.Errorf("search attribute %s of namespace %s is a %s: Tack needs a Keyword of that name", name, namespace, kind)
			}
			continue
		}
		missing[name] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
		fmt.Fprintf(&command, " --name %s --type Keyword", name)
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: missing})
	if err != nil {
		return fmt.Errorf("registering search attributes: %w; ask an operator to run: temporal operator search-attribute create --namespace %s%s", err, namespace, command.String())
	}
	return nil
}
