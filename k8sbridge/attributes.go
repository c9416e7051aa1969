package main

import (
	"context"
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/tack-dev/tack/resource"
)

// registerAttributes makes sure that the search attributes exist, without which
// no run can start. Where they may not be registered it says who has to do what.
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
		return fmt.Errorf("registering search attributes: %w; have an operator run: temporal operator search-attribute create --namespace %s%s", err, namespace, command.String())
	}
	return nil
}
