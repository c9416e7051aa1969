package describe

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// scripted returns a list that answers each read with the same resources, and records the filters.
func scripted(found []types.Subnet, err error) (list List[types.Subnet], asked *[]string) {
	list, asked = Subnets, &[]string{}
	list.Read = func(_ context.Context, _ *awsec2.Client, by []types.Filter) ([]types.Subnet, error) {
		words := ""
		for _, f := range by {
			words += fmt.Sprintf("%s=%s…(%d) ", *f.Name, f.Values[0], len(f.Values))
		}
		*asked = append(*asked, words)
		return found, err
	}
	return list, asked
}

func numbered(n int) (values []string) {
	for i := range n {
		values = append(values, fmt.Sprint(i))
	}
	return values
}

// AWS accepts 200 values a call. What two calls show is one resource.
func TestChunks(t *testing.T) {
	for name, test := range map[string]struct {
		by   []types.Filter
		want []string
	}{
		"as many as AWS accepts": {[]types.Filter{Filter("subnet-id", numbered(200)...)}, []string{"subnet-id=0…(200) "}},
		"more":                   {[]types.Filter{Filter("subnet-id", numbered(450)...)}, []string{"subnet-id=0…(200) ", "subnet-id=200…(200) ", "subnet-id=400…(50) "}},
		"more, with another filter": {
			[]types.Filter{Filter("vpc-id", "vpc-1"), Filter("subnet-id", numbered(200)...)},
			[]string{"vpc-id=vpc-1…(1) subnet-id=0…(199) ", "vpc-id=vpc-1…(1) subnet-id=199…(1) "},
		},
	} {
		list, asked := scripted([]types.Subnet{{SubnetId: aws.String("subnet-1")}}, nil)
		all, err := list.By(t.Context(), nil, test.by...)
		if err != nil || len(all) != 1 {
			t.Errorf("%s: %v, %v, want one subnet", name, all, err)
		}
		if diff := cmp.Diff(test.want, *asked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFind(t *testing.T) {
	owner := resource.Owner{Install: "i", Ref: resource.Ref{Kind: "k", Cluster: "c", Namespace: "n", Name: "a*b"}}
	of := func(id, incarnation string) types.Subnet {
		return types.Subnet{SubnetId: aws.String(id), Tags: []types.Tag{{Key: aws.String(resource.TagIncarnation), Value: aws.String(incarnation)}}}
	}
	list, asked := scripted([]types.Subnet{of("subnet-1", "2"), of("subnet-2", "10")}, nil)
	unfiltered := list
	unfiltered.ID = ""
	if got, err := list.Find(t.Context(), nil, "", owner); err != nil || *got.SubnetId != "subnet-2" {
		t.Errorf("by its owner: %v, %v", got, err)
	}
	if got, err := list.Find(t.Context(), nil, "subnet-1", owner); err != nil || *got.SubnetId != "subnet-1" {
		t.Errorf("by its id: %v, %v", got, err)
	}
	if got, err := unfiltered.Find(t.Context(), nil, "subnet-1", owner); err != nil || *got.SubnetId != "subnet-1" {
		t.Errorf("by its id, for which AWS has no filter: %v, %v", got, err)
	}
	if got, err := unfiltered.Find(t.Context(), nil, "subnet-9", owner); err != nil || got != nil {
		t.Errorf("by an id that AWS does not list: %v, %v", got, err)
	}
	if diff := cmp.Diff([]string{`tag:` + resource.TagOwner + `=i/c/k/n/a\*b…(1) `, "subnet-id=subnet-1…(1) ", "", ""}, *asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	for code, absent := range map[string]bool{"InvalidSubnetID.NotFound": true, "UnauthorizedOperation": false} {
		list, _ := scripted(nil, &smithy.GenericAPIError{Code: code})
		if got, err := list.Find(t.Context(), nil, "subnet-9", owner); got != nil || (err == nil) != absent {
			t.Errorf("%s: %v, %v", code, got, err)
		}
	}
}

func TestNames(t *testing.T) {
	list, _ := scripted([]types.Subnet{{SubnetId: aws.String("subnet-2")}, {SubnetId: aws.String("subnet-1")}, {SubnetId: aws.String("subnet-3")}}, nil)
	keep := func(s types.Subnet) bool { return *s.SubnetId != "subnet-3" }
	names, err := list.Names(t.Context(), nil, keep, Filter("vpc-id", "vpc-1"))
	if diff := cmp.Diff([]string{"subnet subnet-1", "subnet subnet-2"}, names); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	list, _ = scripted(nil, errors.New("denied"))
	if _, err := list.Names(t.Context(), nil, nil, Filter("vpc-id", "vpc-1")); err == nil {
		t.Error("a read that fails names nothing, and says so")
	}
}

// An edited claim names no pattern: AWS must not answer with the resources of others.
func TestIDsAreLiteral(t *testing.T) {
	list, asked := scripted(nil, nil)
	for _, id := range []string{"subnet-*", `subnet-\?`, "subnet-0123456789abcdef0"} {
		if _, err := list.Find(t.Context(), nil, id, resource.Owner{}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{`subnet-id=subnet-\*…(1) `, `subnet-id=subnet-\\\?…(1) `, "subnet-id=subnet-0123456789abcdef0…(1) "}, *asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}
