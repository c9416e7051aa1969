package activities_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"github.com/tack-dev/tack/activities"
	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/resource"
)

// allKinds are the kinds of all services.
func allKinds() []activities.Kind { return slices.Concat(ec2.Kinds(), iam.Kinds()) }

// pass drives one kind against moto the way the workflow does, without Temporal.
type pass struct {
	t      *testing.T
	env    *testsuite.TestActivityEnvironment
	calls  *journal
	target resource.Target
	object resource.Object
}

// journal counts calls on their way to moto.
type journal struct {
	mu      sync.Mutex
	actions []string
}

func (j *journal) take() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	taken := j.actions
	j.actions = nil
	return taken
}

// moto starts a journalling proxy before the moto server that TACK_MOTO names.
func moto(t *testing.T) (endpoint string, calls *journal) {
	t.Helper()
	address := os.Getenv("TACK_MOTO")
	if address == "" {
		t.Skip("TACK_MOTO does not name a moto server, for example http://127.0.0.1:5000")
	}
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	calls = &journal{}
	proxy := httputil.NewSingleHostReverseProxy(to)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		form, _ := url.ParseQuery(string(body))
		if action := form.Get("Action"); action != "" && action != "AssumeRole" {
			calls.mu.Lock()
			calls.actions = append(calls.actions, action)
			calls.mu.Unlock()
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, calls
}

func newPass(t *testing.T, kind, account, spec string) *pass {
	t.Helper()
	endpoint, calls := moto(t)
	t.Setenv("AWS_ENDPOINT_URL", endpoint)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	sessions, err := activities.NewSessions(t.Context(), "tack-test")
	if err != nil {
		t.Fatal(err)
	}
	env := (&testsuite.WorkflowTestSuite{}).NewTestActivityEnvironment()
	engine := &activities.Engine{Sessions: sessions, Windows: activities.DefaultWindows()}
	for _, k := range allKinds() {
		k.Register(env, engine)
	}
	return &pass{
		t: t, env: env, calls: calls,
		target: resource.Target{Partition: "aws", AccountID: account, Region: "us-west-2", RoleARN: "arn:aws:iam::" + account + ":role/tack"},
		object: resource.Object{
			Owner: resource.Owner{
				Install: "test", UID: "uid-" + t.Name(),
				Ref: resource.Ref{Kind: kind, Cluster: "c", Namespace: "team", Name: fmt.Sprintf("o%d", time.Now().UnixNano())},
			},
			Spec: json.RawMessage(spec),
		},
	}
}

func (p *pass) run(verb string, in, out any) error {
	value, err := p.env.ExecuteActivity(p.object.Owner.Ref.Kind+"/"+verb, in)
	if err != nil {
		return err
	}
	return value.Get(out)
}

// settle observes and acts until nothing is left to do, and returns the steps.
func (p *pass) settle() (took []string) {
	p.t.Helper()
	in := resource.ObserveInput{Target: p.target}
	for range 8 {
		in.Object = p.object
		var plan resource.Plan
		if err := p.run(resource.VerbObserve, in, &plan); err != nil {
			p.t.Fatalf("observing: %v", err)
		}
		if plan.Problem != nil {
			p.t.Fatalf("problem: %+v", *plan.Problem)
		}
		if plan.Status != nil {
			p.object.Status = plan.Status
		}
		steps := plan.Steps
		if plan.Create != nil {
			made := p.call(*plan.Create)
			took = append(took, plan.Create.Summary)
			p.object.Claim = &resource.Claim{Install: "test", Incarnation: plan.Incarnation, Target: p.target, ID: made.ID, ARN: made.ARN, Time: time.Now()}
			for i := range steps {
				steps[i] = steps[i].WithID(made.ID)
			}
		} else if len(steps) == 0 {
			if len(plan.Notes) > 0 {
				took = append(took, plan.Notes...)
			}
			return took
		}
		slices.SortStableFunc(steps, func(a, b resource.Step) int { return a.Stage - b.Stage })
		for _, step := range steps {
			out := p.call(step)
			took = append(took, step.Summary)
			in.Done = append(in.Done, resource.Done{Verb: step.Verb, Output: out.Answer})
		}
	}
	p.t.Fatalf("it does not settle: %s", strings.Join(took, "\n"))
	return nil
}

func (p *pass) call(step resource.Step) (out resource.CallOutput) {
	p.t.Helper()
	if err := p.run(step.Verb, resource.CallInput{Target: p.target, Request: step.Input, Once: step.Once}, &out); err != nil {
		p.t.Fatalf("%s %s: %v\n%s", step.Verb, step.Summary, err, step.Input)
	}
	return out
}

// costs checks how many calls were made since it was last asked.
func (p *pass) costs(doing string, most int) {
	p.t.Helper()
	calls := p.calls.take()
	p.t.Logf("%s: %s", doing, strings.Join(calls, ", "))
	if len(calls) > most {
		p.t.Errorf("%s took %d calls, at most %d are allowed: %v", doing, len(calls), most, calls)
	}
}

// edit replaces parts of the spec.
func (p *pass) edit(oldNew ...string) {
	p.t.Helper()
	was := string(p.object.Spec)
	p.object.Spec = json.RawMessage(strings.NewReplacer(oldNew...).Replace(was))
	if was == string(p.object.Spec) {
		p.t.Fatalf("the edit %q changes nothing", oldNew)
	}
}

// delete deletes the object and checks that nothing is left.
func (p *pass) delete(most int) {
	p.t.Helper()
	p.object.Deleting = true
	p.settle()
	p.costs("delete", most)
	p.object.Deleting = false
	var plan resource.Plan
	if err := p.run(resource.VerbObserve, resource.ObserveInput{Object: p.object, Target: p.target, Done: []resource.Done{{Verb: "Delete"}}}, &plan); err != nil {
		p.t.Fatal(err)
	}
	if plan.Create == nil || plan.Incarnation != 2 {
		p.t.Errorf("after the delete AWS still has %s, or the incarnation %d is not 2", plan.ID, plan.Incarnation)
	}
	p.calls.take()
}

func TestSecurityGroupSettles(t *testing.T) {
	vpc := newPass(t, "ec2.VPC", "111122223333", `{"cidrBlocks":["10.9.0.0/16"]}`)
	vpc.settle()
	id := vpc.object.Claim.ID

	p := newPass(t, "ec2.SecurityGroup", "111122223333", fmt.Sprintf(`{"name":"web-%d","description":"web","vpcID":%q,
		"tags":[{"key":"env","value":"dev"}],
		"ingressRules":[
			{"ipProtocol":"tcp","fromPort":443,"toPort":443,"ipRanges":[{"cidrIP":"10.1.2.3/8","description":"all"},{"cidrIP":"192.168.0.0/16"}]},
			{"ipProtocol":"17","fromPort":53,"toPort":53,"ipRanges":[{"cidrIP":"10.0.0.0/8"}]},
			{"ipProtocol":"tcp","fromPort":80,"toPort":80,"userIDGroupPairs":[{"groupID":%q}]}],
		"egressRules":[{"ipProtocol":"tcp","fromPort":443,"toPort":443,"ipv6Ranges":[{"cidrIPv6":"2001:DB8::1/32"}]}]}`, time.Now().UnixNano(), id, resource.NewID))
	t.Logf("%s", strings.Join(p.settle(), "\n"))
	// Look, Create, two Authorize, Revoke, look. Moto's answer to an Authorize
	// holds the rules of the last permission only, so that it takes one more.
	p.costs("create", 7)
	if n := strings.Count(string(p.object.Status), `"securityGroupRuleID"`); n != 5 {
		t.Errorf("the status shows %d ids of rules, want 5: %s", n, p.object.Status)
	}
	shown := string(p.object.Status)
	if took := p.settle(); len(took) > 0 {
		t.Errorf("a second pass takes %v", took)
	}
	p.costs("nothing changed", 1)

	p.edit(`"fromPort":53,"toPort":53`, `"fromPort":54,"toPort":54`)
	t.Logf("%s", strings.Join(p.settle(), "\n"))
	p.costs("one rule changed", 4)
	if kept := sharedIDs(t, shown, string(p.object.Status)); kept != 4 {
		t.Errorf("%d unchanged rules kept their ids, want 4", kept)
	}
	p.edit(`"description":"all"`, `"description":"everyone"`)
	t.Logf("%s", strings.Join(p.settle(), "\n"))
	p.costs("a description changed", 3)
	p.edit(`"value":"dev"`, `"value":"prod"`)
	t.Logf("%s", strings.Join(p.settle(), "\n"))
	p.costs("a tag changed", 3)
	p.delete(3)
	vpc.calls.take()
	vpc.delete(3)
}

// sharedIDs counts the ids of rules that both statuses show.
func sharedIDs(t *testing.T, a, b string) int {
	t.Helper()
	ids := func(raw string) map[string]bool {
		var status struct {
			Rules []struct{ SecurityGroupRuleID string }
		}
		if err := json.Unmarshal([]byte(raw), &status); err != nil {
			t.Fatal(err)
		}
		out := map[string]bool{}
		for _, r := range status.Rules {
			out[r.SecurityGroupRuleID] = true
		}
		return out
	}
	left, shared := ids(a), 0
	for id := range ids(b) {
		if left[id] {
			shared++
		}
	}
	return shared
}

func TestGroupsThatNameEachOther(t *testing.T) {
	spec := `{"name":"NAME-` + fmt.Sprint(time.Now().UnixNano()) + `","description":"d","ingressRules":[{"ipProtocol":"icmp","userIDGroupPairs":[{"groupID":"PEER"}]},{"ipProtocol":"tcp","fromPort":1,"toPort":2,"userIDGroupPairs":[{"groupRef":{"from":{"name":"x"}}}]}],"egressRules":[{"ipProtocol":"-1","ipRanges":[{"cidrIP":"0.0.0.0/0"}]}]}`
	a := newPass(t, "ec2.SecurityGroup", "111122223333", strings.NewReplacer("NAME", "a", "PEER", resource.NewID).Replace(spec))
	a.settle()
	b := newPass(t, "ec2.SecurityGroup", "111122223333", strings.NewReplacer("NAME", "b", "PEER", a.object.Claim.ID).Replace(spec))
	b.settle()
	a.edit(resource.NewID, b.object.Claim.ID)
	t.Logf("%s", strings.Join(a.settle(), "\n"))
	a.calls.take()
	if took := a.settle(); len(took) > 0 {
		t.Errorf("a second pass takes %v", took)
	}
	a.costs("nothing changed", 1)
	a.delete(4)
	// b stays: moto, unlike AWS, let go of a group that another one names, and now
	// cannot revoke the rule.
}

func TestVPCSettles(t *testing.T) {
	p := newPass(t, "ec2.VPC", "111122223333", `{"cidrBlocks":["10.0.0.7/16","10.1.0.0/16"],"enableDNSHostnames":true,"enableDNSSupport":true,
		"enableNetworkAddressUsageMetrics":true,"disallowSecurityGroupDefaultRules":true,"amazonProvidedIPv6CIDRBlock":true,"instanceTenancy":"dedicated"}`)
	t.Logf("%s", strings.Join(p.settle(), "\n"))
	p.calls.take()
	t.Logf("%s", p.object.Status)
	if took := p.settle(); len(took) > 0 {
		t.Errorf("a second pass takes %v", took)
	}
	p.costs("nothing changed", 5)
	p.edit(`"enableDNSHostnames":true,"enableDNSSupport":true`, `"enableDNSHostnames":false,"enableDNSSupport":false`, `"10.1.0.0/16"`, `"10.2.0.0/16"`, `"dedicated"`, `"default"`)
	t.Logf("%s", strings.Join(p.settle(), "\n"))
	p.calls.take()
	p.delete(3)
}

func TestPolicySettles(t *testing.T) {
	p := newPass(t, "iam.Policy", "111122223333", `{"name":"p`+fmt.Sprint(time.Now().UnixNano())+`","path":"/team/","description":"d","tags":[{"key":"env","value":"dev"}],
		"policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:Get+Object\",\"Resource\":[\"arn:aws:s3:::a b/*\"]}}"}`)
	p.settle()
	p.costs("create", 4)
	t.Logf("%s", p.object.Status)
	if took := p.settle(); len(took) > 0 {
		t.Errorf("a second pass takes %v", took)
	}
	p.costs("nothing changed", 2)
	for i := range 6 {
		if i == 0 {
			p.edit(`s3:Get+Object`, `s3:Get0`)
		} else {
			p.edit(fmt.Sprintf("s3:Get%d", i-1), fmt.Sprintf("s3:Get%d", i))
		}
		t.Logf("%s", strings.Join(p.settle(), "\n"))
		p.costs("the document changed", 7)
	}
	p.edit(`"value":"dev"`, `"value":"prod"`)
	t.Logf("%s", strings.Join(p.settle(), "\n"))
	p.edit(`"description":"d"`, `"description":"e"`)
	if took := p.settle(); len(took) != 1 || !strings.HasPrefix(took[0], "spec.description") {
		t.Errorf("a changed description gives %v", took)
	}
	p.calls.take()
	p.delete(8)
}

func TestFindsWhatItOwns(t *testing.T) {
	for kind, spec := range map[string]string{
		"ec2.VPC":           `{"cidrBlocks":["10.0.0.0/16"]}`,
		"ec2.SecurityGroup": `{"name":"found-` + fmt.Sprint(time.Now().UnixNano()) + `","description":"d"}`,
		"iam.Policy":        `{"name":"found-` + fmt.Sprint(time.Now().UnixNano()) + `","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}"}`,
	} {
		t.Run(kind, func(t *testing.T) {
			p := newPass(t, kind, "444455556666", spec)
			p.settle()
			id := p.object.Claim.ID
			p.object.Claim = nil
			var found resource.Found
			if err := p.run(resource.VerbFind, resource.ObserveInput{Object: p.object, Target: p.target}, &found); err != nil || found.ID != id {
				t.Errorf("found %q, %v, want %s", found.ID, err, id)
			}
			p.object.Owner.Ref.Name = "another"
			var plan resource.Plan
			if err := p.run(resource.VerbObserve, resource.ObserveInput{Object: p.object, Target: p.target}, &plan); err != nil {
				t.Fatal(err)
			}
			if kind == "iam.Policy" && (plan.Problem == nil || plan.Problem.Reason != "OwnedByAnother") {
				t.Errorf("a policy of another owner gives %+v", plan)
			}
			if kind != "iam.Policy" && plan.Create == nil {
				t.Errorf("another owner finds %s", plan.ID)
			}
		})
	}
}
