package e2e

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// What a sample reads and does in AWS are calls of the SDK, given as method expressions: client is
// awsec2.NewFromConfig or awsiam.NewFromConfig.

// counted counts the resources that a call lists, except for AWS's own and for those that are gone.
func counted[C, I, O, Opt any](client func(aws.Config, ...func(*Opt)) C, list func(C, context.Context, *I, ...func(*Opt)) (*O, error)) func(*testing.T, string) int {
	return func(t *testing.T, account string) (n int) {
		t.Helper()
		out, err := list(client(w.config(t, account)), t.Context(), new(I))
		if err != nil {
			t.Fatalf("listing the resources of %s: %v", account, err)
		}
		for _, resource := range listedIn(inJSON(t, out)) {
			if !madeByAWS(resource) && !isGone(resource) {
				n++
			}
		}
		return n
	}
}

// inJSON returns an answer of the SDK as plain data.
func inJSON(t *testing.T, out any) (answer fields) {
	t.Helper()
	raw, err := json.Marshal(out)
	if err == nil {
		err = json.Unmarshal(raw, &answer)
	}
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// listedIn returns the resources in the answer to a list.
func listedIn(answer fields) (all []fields) {
	for _, value := range answer {
		list, _ := value.([]any) // everything else is about the pages
		for _, item := range list {
			resource, _ := item.(fields)
			if instances, ok := resource["Instances"].([]any); ok { // a reservation
				for _, instance := range instances {
					all = append(all, instance.(fields))
				}
				continue
			}
			all = append(all, resource)
		}
	}
	return all
}

// madeByAWS reports whether every account has the resource, or every VPC.
func madeByAWS(resource fields) bool {
	associations, _ := resource["Associations"].([]any)
	for _, a := range associations {
		if a.(fields)["Main"] == true { // a route table
			return true
		}
	}
	return resource["IsDefault"] == true || resource["DefaultForAz"] == true || resource["GroupName"] == "default"
}

// isGone reports whether AWS lists what it has deleted.
func isGone(resource fields) bool {
	state := resource["State"]
	if of, ok := state.(fields); ok { // of an instance
		state = of["Name"]
	}
	if of, ok := resource["Status"].(fields); ok { // of a peering connection
		state = of["Code"]
	}
	return state == "deleted" || state == "terminated" || state == "cancelled"
}

// removed deletes a resource by a call that names it in a field. If the field is a name, it gets
// the name in the ARN, and otherwise the id.
func removed[C, I, O, Opt any](client func(aws.Config, ...func(*Opt)) C, call func(C, context.Context, *I, ...func(*Opt)) (*O, error), field string) func(context.Context, aws.Config, string) error {
	return func(ctx context.Context, cfg aws.Config, id string) error {
		_, err := call(client(cfg), ctx, naming[I](field, id))
		return err
	}
}

// tagged reads the tags of a resource by such a call, which returns the tags or the resource.
func tagged[C, I, O, Opt any](client func(aws.Config, ...func(*Opt)) C, call func(C, context.Context, *I, ...func(*Opt)) (*O, error), field string) func(*testing.T, string, string) map[string]string {
	return func(t *testing.T, account, id string) map[string]string {
		t.Helper()
		out, err := call(client(w.config(t, account)), t.Context(), naming[I](field, id))
		if err != nil {
			t.Fatalf("reading the tags of %s: %v", id, err)
		}
		answer := inJSON(t, out)
		for _, value := range answer {
			if resource, ok := value.(fields); ok && resource["Arn"] != nil {
				answer = resource
			}
		}
		tags := map[string]string{}
		list, _ := answer["Tags"].([]any)
		for _, tag := range list {
			tags[tag.(fields)["Key"].(string)], _ = tag.(fields)["Value"].(string)
		}
		return tags
	}
}

// naming makes a request that names a resource.
func naming[I any](field, id string) *I {
	in := new(I)
	if strings.HasSuffix(field, "Name") {
		id = nameIn(id)
	}
	if value := reflect.ValueOf(in).Elem().FieldByName(field); value.Kind() == reflect.Slice {
		value.Set(reflect.ValueOf([]string{id}))
	} else {
		value.Set(reflect.ValueOf(&id))
	}
	return in
}
