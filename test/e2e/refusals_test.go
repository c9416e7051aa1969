package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
)

// awaitDenied waits until the object reports that AWS denies its current request: its deletion,
// too, creates a new generation.
func (o object) awaitDenied(t *testing.T) {
	t.Helper()
	o.await(t, "denied", soon, func(u *unstructured.Unstructured) bool {
		reason, _ := scenario.Condition(u, corev1alpha1.ConditionTypeRecoverable)["reason"].(string)
		observed, _, _ := unstructured.NestedInt64(u.Object, "status", "observedGeneration")
		return observed == u.GetGeneration() && (strings.HasPrefix(reason, "UnauthorizedOperation") || strings.HasPrefix(reason, "AccessDenied"))
	})
}

// deny removes all permissions in the team's account, including the test's own, and restores them.
func deny(t *testing.T, team team) (giveBack func()) {
	t.Helper()
	rule := addRule(t, gateway.Rule{Account: team.account, Fault: gateway.FaultDeny})
	return func() { endRule(t, rule) }
}

// A resource that AWS does not let Tack see never counts as absent. This holds for the result of an
// unclear create, for a recorded resource, and for a deletion.
func TestDeniedIsNotAbsent(t *testing.T) {
	ofSomeKinds(t, func(t *testing.T, s sample, team team) {
		// The answer to the create is lost after AWS executes it, and then the permissions are
		// removed.
		create := hold(t, team, s.create, gateway.FaultHoldAfter)
		o := team.apply(t, s.kind, "unseen", s.spec())
		create.wait(t)
		giveBack := deny(t, team)
		o.awaitDenied(t)
		giveBack()
		create.endRule(t)
		w.force(t, o.ref)
		o.wantOneCreate(t, o.awaitSynced(t))
		w.result(t, o.ref)

		giveBack = deny(t, team)
		mark := lastSeq(t)
		w.force(t, o.ref)
		o.awaitDenied(t)
		w.result(t, o.ref)
		o.delete(t)
		o.awaitDenied(t)
		w.result(t, o.ref)
		for _, e := range entriesSince(t, team.account, mark) {
			if e.Accepted {
				t.Errorf("AWS accepted %+v", e)
			}
		}
		giveBack()
		if n := s.count(t, team.account); n != 1 {
			t.Errorf("there are %d in AWS, want 1", n)
		}
		w.force(t, o.ref)
		o.awaitGone(t)
		if n := s.count(t, team.account); n != 0 {
			t.Errorf("%d remain in AWS", n)
		}
	})
}

// The credentials expire before a create, a change and a deletion: Tack requests new credentials,
// and does nothing twice.
func TestCredentialsExpire(t *testing.T) {
	ofSomeKinds(t, func(t *testing.T, s sample, team team) {
		team.apply(t, "ec2.ElasticIPAddress", "warm", fields{}).awaitDone(t, "create")
		had := s.count(t, team.account)
		o := team.object(s.kind, "short-lived")
		refused := 0
		for _, op := range operations {
			rule := addRule(t, gateway.Rule{Account: team.account, Fault: gateway.FaultExpire})
			o.operate(t, s, op)
			o.awaitDone(t, op)
			state, err := w.AWS.Rule(t.Context(), rule)
			if err != nil {
				t.Fatal(err)
			}
			refused += state.Hit
			endRule(t, rule) // for the test's own calls
		}
		// The first call may have come from a worker that did not have credentials yet.
		if refused == 0 {
			t.Error("no call used expired credentials")
		}
		o.wantOneAccepted(t)
		if n := s.count(t, team.account); n != had {
			t.Errorf("there are %d in AWS, want the previous %d", n, had)
		}
	})
}

// After each change AWS shows the old state for a while. Tack does not repeat the change in that
// pass, and AWS matches the spec at the end.
func TestStaleReads(t *testing.T) {
	ofSomeKinds(t, func(t *testing.T, s sample, team team) {
		stale := addRule(t, gateway.Rule{Account: team.account, Fault: gateway.FaultStale, Milliseconds: 2000})
		o := team.apply(t, s.kind, "stale", s.spec())
		id := o.awaitSynced(t)
		w.result(t, o.ref)
		o.patch(t, s.change)
		o.awaitDone(t, "update")
		endRule(t, stale)
		o.wantOneCreate(t, id)
		w.force(t, o.ref)
		w.result(t, o.ref) // leftovers of a stale read
		o.wantAsSpecified(t, team, row{sample: s, op: "update"})
		o.delete(t)
		o.awaitGone(t)
		if n := s.count(t, team.account); n != 0 {
			t.Errorf("%d remain in AWS", n)
		}
	})
}

// Signals arrive while Tack gives AWS time to show a change. They do not shorten that time: the change is
// sent once.
func TestSignalsWhileAWSIsStale(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.SecurityGroup", "it", groupSpec("it", 80))
	o.awaitSynced(t)
	w.result(t, o.ref)
	addRule(t, gateway.Rule{Account: team.account, Fault: gateway.FaultStale, Milliseconds: 5000})
	mark := lastSeq(t)
	o.patch(t, mergePatch(t, fields{"spec": groupSpec("it", 80, 443)}))
	const call = "AuthorizeSecurityGroupIngress"
	team.awaitCall(t, mark, call)
	for range 12 { // more than there are rests
		wake(t, o)
		time.Sleep(150 * time.Millisecond)
	}
	o.awaitDone(t, "update")
	sent := slices.DeleteFunc(callsSince(t, team.account, mark), func(action string) bool { return action != call })
	if len(sent) != 1 {
		t.Errorf("the change was sent %d times, want once", len(sent))
	}
}

// The answer to a change is lost and AWS shows the old state for a while. Tack sends the change
// again, and AWS refuses it as already done. Users see no error.
func TestStaleAfterALostAnswer(t *testing.T) {
	t.Parallel()
	changes := map[string]string{"ec2.SecurityGroup": "AuthorizeSecurityGroupIngress", "iam.InstanceProfile": "AddRoleToInstanceProfile"}
	for _, s := range samples() {
		action, ok := changes[s.kind]
		if !ok {
			continue
		}
		t.Run(s.kind, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			s.prepare(t, team)
			lost := addRule(t, gateway.Rule{Account: team.account, Action: gateway.Actions{action}, Fault: gateway.FaultLoseResponse, Times: 1})
			addRule(t, gateway.Rule{Account: team.account, Fault: gateway.FaultStale, Milliseconds: 2000})
			o := team.apply(t, s.kind, "stale", s.spec())
			o.wantOneCreate(t, o.awaitSynced(t))
			if state, err := w.AWS.Rule(t.Context(), lost); err != nil || state.Hit != 1 {
				t.Errorf("no answer was lost: %+v, %v", state, err)
			}
		})
	}
}

// Small token buckets throttle many objects of one account. All resources are created, each once,
// and all are deleted.
func TestThrottledByBuckets(t *testing.T) {
	throttle := func(s gateway.Throttling) {
		if err := w.AWS.SetThrottling(context.Background(), s); err != nil {
			t.Fatal(err)
		}
	}
	team, mark := newTeam(t), lastSeq(t)
	throttle(gateway.Throttling{Enabled: true, Scale: 0.1})
	t.Cleanup(func() { throttle(gateway.Throttling{}) })
	var objects []object
	for n := range 8 {
		name := fmt.Sprintf("many-%d", n)
		objects = append(objects, team.apply(t, "ec2.SecurityGroup", name, groupSpec(name, 80)))
		if n < 3 { // IAM's buckets are smaller
			objects = append(objects, team.apply(t, "iam.Policy", name, policySpec(name)))
		}
	}
	for _, o := range objects {
		o.wantOneCreate(t, o.awaitSynced(t))
	}
	deleteAll(t, objects...)
	throttle(gateway.Throttling{})
	if groups, policies := w.groups(t, team.account), w.policies(t, team.account); len(groups)+len(policies) > 0 {
		t.Errorf("remaining: %+v and %+v", groups, policies)
	}
	throttled := map[string]int{}
	for _, e := range entriesSince(t, team.account, mark) {
		if strings.Contains(e.Code, "RequestLimitExceeded") || strings.Contains(e.Code, "Throttling") {
			throttled[e.Service]++
		}
	}
	if throttled["ec2"] == 0 || throttled["iam"] == 0 {
		t.Errorf("throttled calls: %v: make the buckets of this test smaller", throttled)
	}
}

// Another owner uses the name, in different case. AWS refuses the create, and their resource is
// left alone. After its deletion Tack creates ours.
func TestNameTakenInOtherLetters(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sample sample
		take   func(t *testing.T, cfg aws.Config) (giveUp func() error)
	}{
		{sampleOf("iam.Policy"), func(t *testing.T, cfg aws.Config) func() error {
			client := awsiam.NewFromConfig(cfg)
			out, err := client.CreatePolicy(t.Context(), &awsiam.CreatePolicyInput{
				PolicyName: aws.String("READER"), PolicyDocument: aws.String(policySpec("")["policyDocument"].(string)),
			})
			if err != nil {
				t.Fatal(err)
			}
			return func() error {
				_, err := client.DeletePolicy(t.Context(), &awsiam.DeletePolicyInput{PolicyArn: out.Policy.Arn})
				return err
			}
		}},
		{sampleOf("ec2.SecurityGroup"), func(t *testing.T, cfg aws.Config) func() error {
			client := awsec2.NewFromConfig(cfg)
			out, err := client.CreateSecurityGroup(t.Context(), &awsec2.CreateSecurityGroupInput{
				GroupName: aws.String("WEB"), Description: aws.String("made by somebody else"),
			})
			if err != nil {
				t.Fatal(err)
			}
			return func() error {
				_, err := client.DeleteSecurityGroup(t.Context(), &awsec2.DeleteSecurityGroupInput{GroupId: out.GroupId})
				return err
			}
		}},
	} {
		t.Run(test.sample.kind, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			giveUp := test.take(t, w.config(t, team.account))
			o := team.apply(t, test.sample.kind, "taken", test.sample.spec())
			o.await(t, "refused", soon, func(u *unstructured.Unstructured) bool {
				return status(u, corev1alpha1.ConditionTypeRecoverable) == "True"
			})
			w.result(t, o.ref)
			if creates := o.creates(t); len(creates) != 0 {
				t.Errorf("AWS accepted %+v", creates)
			}
			wantOnlyOurs(t, team, 0)
			if err := giveUp(); err != nil {
				t.Fatalf("their resource changed: %v", err)
			}
			w.force(t, o.ref)
			o.wantOneCreate(t, o.awaitSynced(t))
		})
	}
}
