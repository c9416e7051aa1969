package describe

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func TestWithoutTags(t *testing.T) {
	sent, passes := withoutTags([]types.Filter{Filter("prefix-list-id", "pl-1"), Filter("tag:owner", "a*b")})
	if len(sent) != 1 || *sent[0].Name != "prefix-list-id" {
		t.Errorf("sent: %v", sent)
	}
	for value, want := range map[string]bool{"a*b": true, "aab": false, "": false} {
		if got := passes([]types.Tag{{Key: aws.String("owner"), Value: &value}}); got != want {
			t.Errorf("%q passes: %t, want %t", value, got, want)
		}
	}
	if passes(nil) {
		t.Error("a resource without tags passes")
	}
	if _, all := withoutTags(nil); !all(nil) {
		t.Error("without filters, everything passes")
	}
}
