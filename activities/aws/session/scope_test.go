package session

import (
	"testing"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/tack-dev/tack/activities/aws/sharing"
	"github.com/tack-dev/tack/resource"
)

// Clients share reads only where the same session makes the same call. Which object the client is
// for does not matter.
func TestScope(t *testing.T) {
	s := newSessions(t, &standIn{}, Options{Name: "tack"})
	scope := func(target resource.Target, owner string) sharing.Scope {
		t.Helper()
		cfg, err := s.Config(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		if owner != "" {
			cfg = ForOwner(cfg, "ec2.Subnet", owner)
		}
		return sharing.ScopeOf(awsec2.NewFromConfig(cfg).Options().Credentials)
	}
	mine := scope(here, "")
	if !mine.Shared() || mine != scope(here, "") || mine != scope(here, "an owner") {
		t.Error("clients of one session do not share their reads")
	}
	region, role, endpoint := here, here, here
	region.Region, role.RoleARN, endpoint.Endpoint = "ap-southeast-2", here.RoleARN+"-2", "https://ec2.example.com"
	for name, other := range map[string]resource.Target{"Region": region, "role": role} {
		if scope(other, "") == mine {
			t.Errorf("reads of another %s are shared", name)
		}
	}
	got, err := s.role("", here).credentials(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	if s.signer("", here, got).Scope() != mine {
		t.Error("the scope does not follow from cluster, target and key")
	}
	next := got
	next.AccessKeyID = "ASIANEXT"
	for name, other := range map[string]signer{
		"cluster": s.signer("another", here, got), "endpoint": s.signer("", endpoint, got), "session": s.signer("", here, next),
	} {
		if other.Scope() == mine {
			t.Errorf("reads of another %s are shared", name)
		}
	}
}
