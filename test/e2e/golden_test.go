package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/golden"
)

const goldenFile = "testdata/golden.txt"

// Limits for the history of one run, in events.
const (
	mostEvents     = 75 // a create of a network ACL with two entries and a subnet
	mostEventsIdle = 18 // a pass that changes nothing
)

// A table lists the cost of each operation: the scheduled activities, by name, and the AWS
// calls. A review therefore shows a more expensive change. If -run selects some kinds, the rows
// of the other kinds stay as they are.
func TestGoldenCosts(t *testing.T) {
	rows := storedCosts(t)
	var table strings.Builder
	for _, s := range goldenSamples() {
		t.Run(s.kind, func(t *testing.T) { rows[s.kind] = costsOf(t, s) })
		table.WriteString(rows[s.kind])
	}
	if !t.Failed() {
		golden.Check(t, goldenFile, table.String())
	}
}

// storedCosts returns the stored rows of each kind.
func storedCosts(t *testing.T) map[string]string {
	t.Helper()
	stored, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	rows, kind := map[string]string{}, ""
	for line := range strings.Lines(string(stored)) {
		if !strings.HasPrefix(line, " ") {
			kind, _, _ = strings.Cut(line, " ")
		}
		rows[kind] += line
	}
	return rows
}

// costsOf returns the rows of one kind.
func costsOf(t *testing.T, s sample) string {
	t.Helper()
	var rows strings.Builder
	team := newTeam(t)
	team.atOnce(t)
	s.prepare(t, team)
	// When this exists, the bridge has reported the namespace, the role and the references of
	// the sample. A later poke would cost a comparison that does not belong to the operation.
	team.apply(t, "ec2.ElasticIPAddress", "first", fields{}).awaitDone(t, "create")
	o := team.object(s.kind, "golden")
	for _, op := range []string{"create", "no-op", "update", "delete"} {
		mark, before := lastSeq(t), runOf(t, o)
		if op == "no-op" {
			w.force(t, o.ref)
		} else {
			o.operate(t, s, op)
			o.awaitDone(t, op)
		}
		w.result(t, o.ref)
		if runOf(t, o) == before {
			t.Fatalf("%s of %s started no run", op, s.kind)
		}
		h := w.history(t, o.ref.WorkflowID(), "")
		n := len(h.GetEvents())
		t.Logf("%s %s: %d events", s.kind, op, n)
		if op == "no-op" && n > mostEventsIdle {
			t.Errorf("%s: %s has %d events, want at most %d:\n%s", s.kind, op, n, mostEventsIdle, w.story(o.ref))
		}
		if n > mostEvents {
			t.Errorf("%s: %s has %d events, want at most %d:\n%s", s.kind, op, n, mostEvents, w.story(o.ref))
		}
		calls := callsSince(t, team.account, mark)
		slices.Sort(calls) // steps of one stage run in parallel
		activities := strings.Join(activitiesOf(h), " ")
		if op == "update" || op == "delete" {
			// The bridge hands the level over, unless it woke the object in the last ten seconds.
			activities = strings.TrimPrefix(activities, resource.KubeLevel+" ")
		}
		fmt.Fprintf(&rows, "%s %s\n  activities: %s\n  AWS calls:  %s\n", s.kind, op, activities, strings.Join(calls, " "))
	}
	return rows.String()
}

// atOnce makes AWS carry out every change at once: while a state lasts, the number of calls depends on
// time.
func (team team) atOnce(t *testing.T) {
	t.Helper()
	for _, state := range []string{"pending", "deleting"} {
		team.lasts(t, state, 0)
		team.endpointsStay(t, state, 0)
	}
	for _, state := range []string{"pending", "shutting-down"} {
		team.instancesStay(t, state, 0)
	}
	for _, state := range []string{"pending", "modifying", "deleting"} {
		team.transitStays(t, state, 0)
	}
	for _, state := range []string{"create", "modify", "delete"} {
		team.prefixListsStay(t, state+"-in-progress", 0)
	}
	team.reservationsStay(t, "pending", 0)
	team.peersAtOnce(t)
}

// The adoption of a VPC that matches its spec costs one observation and one call that changes AWS. EC2 shows
// the fields of a VPC in five answers.
func TestCostOfAnAdoption(t *testing.T) {
	team := newTeam(t)
	made, err := awsec2.NewFromConfig(w.config(t, team.account)).CreateVpc(t.Context(), &awsec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")})
	if err != nil {
		t.Fatal(err)
	}
	team.apply(t, "ec2.ElasticIPAddress", "first", fields{}).awaitDone(t, "create") // as in costsOf
	mark := lastSeq(t)
	o := team.object("ec2.VPC", "adopted")
	o.adopts(t, corev1alpha1.AdoptionPolicyAdopt, *made.Vpc.VpcId, fields{"cidrBlocks": []any{"10.0.0.0/16"}})
	o.awaitDone(t, "create")
	const activities = "ec2.VPC/Observe kube/RecordID ec2.VPC/Tag kube/PatchStatus"
	if got := strings.Join(activitiesOf(w.history(t, o.ref.WorkflowID(), "")), " "); got != activities {
		t.Errorf("the activities are %s, want %s", got, activities)
	}
	calls := callsSince(t, team.account, mark)
	slices.Sort(calls)
	const want = "CreateTags DescribeSecurityGroups DescribeVpcAttribute DescribeVpcAttribute DescribeVpcAttribute DescribeVpcs"
	if got := strings.Join(calls, " "); got != want {
		t.Errorf("the calls are %s, want %s", got, want)
	}
	o.wantQuiet(t, team)
}

// goldenSamples returns the samples, with the group of five rules from the benchmarks.
func goldenSamples() []sample {
	all := samples()
	group := &all[slices.IndexFunc(all, func(s sample) bool { return s.kind == "ec2.SecurityGroup" })]
	group.spec = func() fields { return groupSpec("web", 80, 81, 82, 83, 84) }
	group.change = mergeRules(80, 81, 82, 83, 8443)
	return all
}

func mergeRules(ports ...int) string {
	rules := []string{}
	for _, port := range ports {
		rules = append(rules, fmt.Sprintf(`{"ipProtocol":"tcp","fromPort":%d,"toPort":%d,"ipRanges":[{"cidrIP":"10.0.0.0/8"}]}`, port, port))
	}
	return `{"spec":{"ingressRules":[` + strings.Join(rules, ",") + `]}}`
}
