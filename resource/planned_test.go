package resource

import (
	"encoding/json"
	"testing"
)

// A stand-in names its object, and has the form of an ARN where the id is one. Only a plan has stand-ins.
func TestStandIn(t *testing.T) {
	vpc, policy := Ref{Kind: "ec2.VPC", Namespace: "a", Name: "main"}, Ref{Kind: "iam.Policy", Namespace: "a", Name: "p"}
	for want, got := range map[string]string{
		"tack:id-of:ec2.VPC:a:main":                                     StandInFor(vpc, false, "x"),
		"arn:aws:iam::000000000000:policy/tack:id-of:iam.Policy:a:p":    StandInFor(policy, true, ""),
		"arn:aws:iam::000000000000:policy/tack:id-of:iam.Policy:a:p/it": StandInFor(policy, true, "it"),
		"<id of VPC a/main>":                                            StandIn{Of: vpc}.String(),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	in := ObserveInput{Object: Object{Spec: json.RawMessage(`{"vpcID":"tack:id-of:ec2.VPC:a:main"}`)}}
	if in.HasStandIns() {
		t.Error("an ordinary observation has stand-ins")
	}
	in.Ahead = true
	if !in.HasStandIns() {
		t.Error("the observation for a plan has no stand-ins")
	}
}
