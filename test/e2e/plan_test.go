package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/plancheck"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

// An ordinary run plans everything for one in so many kinds.
const oneInFields = 5

// The journal holds exactly the calls that the plan names, in its order and with its requests. That is so for
// the create of each kind, for the update of each field, and for the deletion. A plan writes nothing. An
// ordinary run changes single fields of some kinds, others each time; these also get a minimal spec.
func TestPlanEachKind(t *testing.T) {
	ofEachKind(t, func(t *testing.T, s sample, team team) {
		team.atOnce(t)
		type life struct {
			spec    fields
			changes []string
		}
		lives := map[string]life{"full": {s.full(team.account), []string{s.fullChange}}}
		if *everyKind || randomOf(s).IntN(oneInFields) == 0 {
			t.Logf("everything is planned: -crash.seed=%d repeats it, and -kinds.all does so for each kind", *crashSeed)
			lives["full"] = life{s.full(team.account), slices.Concat(eachField(t, s.fullChange), []string{s.fullChange}, s.further(t, team, alsoPlanned))}
			lives["minimal"] = life{s.spec(), append([]string{s.change}, s.further(t, team, alsoPlannedMinimal)...)}
		}
		for _, name := range slices.Sorted(maps.Keys(lives)) {
			test := lives[name]
			o := team.object(s.kind, name)
			spec := o.withIDs(t, test.spec)
			manifest := o.manifest(spec)
			planned := o.plan(t, team, resource.Change{Manifest: asJSON(t, manifest)})
			if _, err := o.client().Get(t.Context(), o.ref.Name, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
				t.Fatalf("the plan made the object: %v", err)
			}
			mark := lastSeq(t)
			o.createWith(t, fields{corev1.LastAppliedConfigAnnotation: string(asJSON(t, manifest))}, spec)
			o.awaitPlanned(t, planned)
			o.wantPlanned(t, team, name+" create", planned, mark)
			o.wantRefused(t)
			for _, change := range test.changes {
				before := o.get(t)
				manifest := before.DeepCopy()
				patched(t, manifest.Object, change)
				planned := o.plan(t, team, resource.Change{Manifest: asJSON(t, manifest.Object)})
				mark := lastSeq(t)
				o.patch(t, change)
				o.awaitPlanned(t, planned)
				o.wantPlanned(t, team, name+" "+change, planned, mark)
				if planned.Problem != nil { // the next plans would report it, too
					o.undo(t, before, change)
				}
			}
			planned = o.plan(t, team, resource.Change{Delete: true})
			mark = lastSeq(t)
			o.delete(t)
			o.awaitDone(t, "delete")
			o.wantPlanned(t, team, name+" delete", planned, mark)
		}
	})
}

// undo gives the fields of a change their earlier values again.
func (o object) undo(t *testing.T, before *unstructured.Unstructured, change string) {
	t.Helper()
	spec, earlier := changeOf(t, change), before.Object["spec"].(fields)
	for field := range spec {
		spec[field] = earlier[field]
	}
	o.patch(t, mergePatch(t, fields{"spec": spec}))
	o.awaitReport(t)
}

// eachField splits a merge patch of a spec into one for each of its fields.
func eachField(t *testing.T, change string) (changes []string) {
	t.Helper()
	spec := changeOf(t, change)
	for _, field := range slices.Sorted(maps.Keys(spec)) {
		changes = append(changes, mergePatch(t, fields{"spec": fields{field: spec[field]}}))
	}
	return changes
}

// patched applies a merge patch to an object.
func patched(t *testing.T, object fields, patch string) {
	t.Helper()
	var change fields
	if err := json.Unmarshal([]byte(patch), &change); err != nil {
		t.Fatal(err)
	}
	merge(object, change)
}

func merge(object, change fields) {
	for key, value := range change {
		inside, nested := value.(fields)
		is, _ := object[key].(fields)
		switch {
		case value == nil:
			delete(object, key)
		case nested && is != nil:
			merge(is, inside)
		default:
			object[key] = value
		}
	}
}

func (o object) manifest(spec fields) fields {
	return fields{
		"apiVersion": o.kind.Group + "/" + o.kind.Version, "kind": o.kind.Kind,
		"metadata": fields{"name": o.ref.Name, "namespace": o.ref.Namespace}, "spec": spec,
	}
}

func asJSON(t *testing.T, v any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// plan plans a change of an object, and checks that this changes neither AWS nor the object.
func (o object) plan(t *testing.T, team team, change resource.Change) (planned resource.Planned) {
	t.Helper()
	mark := lastSeq(t)
	before, _ := o.client().Get(t.Context(), o.ref.Name, metav1.GetOptions{})
	run, err := workflows.StartPlan(t.Context(), w.Temporal, resource.PlanStart{Ref: o.ref, Change: change})
	if err == nil {
		err = run.Get(t.Context(), &planned)
	}
	if err != nil {
		t.Fatalf("planning %s: %v", o.ref, err)
	}
	team.wantUntouched(t, mark)
	after, _ := o.client().Get(t.Context(), o.ref.Name, metav1.GetOptions{})
	if before != nil && after != nil && before.GetResourceVersion() != after.GetResourceVersion() {
		t.Error("the object changed while it was planned")
	}
	described, err := w.Temporal.DescribeWorkflowExecution(t.Context(), run.GetID(), run.GetRunID())
	if err != nil {
		t.Fatal(err)
	}
	if *store != "" {
		storeHistory(t, described.GetWorkflowExecutionInfo())
	}
	if _, err := w.check(t.Context(), described.GetWorkflowExecutionInfo()); err != nil {
		t.Error(err)
	}
	return planned
}

// awaitPlanned waits until an object reports what follows from its plan. AWS may refuse a call that is
// planned.
func (o object) awaitPlanned(t *testing.T, planned resource.Planned) {
	t.Helper()
	if planned.Problem == nil && len(planned.Notes) == 0 {
		o.await(t, "synced, or refused by AWS", soon, func(u *unstructured.Unstructured) bool {
			refused := scenario.Condition(u, corev1alpha1.ConditionTypeRecoverable)["status"] == "True"
			return scenario.Synced(u) || scenario.Current(u) && refused
		})
		w.result(t, o.ref)
		return
	}
	o.awaitReport(t)
}

// awaitReport waits until an object reports on its newest spec, and its run has ended.
func (o object) awaitReport(t *testing.T) {
	t.Helper()
	o.await(t, "a report on the newest spec", soon, func(u *unstructured.Unstructured) bool {
		seen, found, _ := unstructured.NestedInt64(u.Object, "status", resource.StatusObservedGeneration)
		return found && seen == u.GetGeneration()
	})
	w.result(t, o.ref)
}

// wantPlanned checks that the calls of Tack after a mark are those of a plan.
func (o object) wantPlanned(t *testing.T, team team, what string, planned resource.Planned, mark int64) {
	t.Helper()
	entries, err := w.AWS.Journal(t.Context(), gateway.Query{Account: team.account, Since: mark, Mutation: true, Params: true})
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	planned.Calls = slices.DeleteFunc(planned.Calls, func(c resource.PlannedCall) bool { // the local AWS has no such rule
		return c.Action == "ec2:RevokeSecurityGroupIngress" && c.Field == "spec.disallowSecurityGroupDefaultRules"
	})
	for _, c := range planned.Calls {
		_, action, _ := strings.Cut(c.Action, ":")
		want = append(want, action)
	}
	for _, e := range entries {
		got = append(got, e.Action)
		if !e.Accepted {
			t.Logf("%s: AWS refused %s: %s", what, e.Action, e.Code)
		}
	}
	for from := 0; from < len(planned.Calls); { // calls of one stage run in parallel
		to := from
		for to < len(planned.Calls) && planned.Calls[to].Order == planned.Calls[from].Order {
			to++
		}
		slices.Sort(want[from:to])
		slices.Sort(got[min(from, len(got)):min(to, len(got))])
		from = to
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: calls (-planned +made):\n%s\nproblem %+v, notes %q, waits %q\n%s", what, diff, planned.Problem, planned.Notes, planned.Waits, w.story(o.ref))
		return
	}
	unlike, err := plancheck.Differences(t.Context(), planned.Calls, entries)
	if err != nil || len(unlike) > 0 {
		t.Errorf("%s: requests differ from the plan: %v\n%s", what, err, strings.Join(unlike, "\n"))
	}
}

// The starter plans a folder, whose objects refer to each other, and its exit code says whether there
// are calls.
func TestPlanByTheStarter(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	dir := t.TempDir()
	vpc, subnet := team.object("ec2.VPC", "main"), team.object("ec2.Subnet", "a")
	subnetSpec := fields{"cidrBlock": "10.0.1.0/24", "vpcRef": fields{"from": fields{"name": "main"}}}
	for name, u := range map[string]fields{"a.json": subnet.manifest(subnetSpec), "b.json": vpc.manifest(vpcSpec())} {
		if err := os.WriteFile(filepath.Join(dir, name), asJSON(t, u), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mark := lastSeq(t)
	err := w.Starter(t.Context(), "plan", "-f", dir)
	if err == nil || !strings.Contains(err.Error(), "exit status 2") {
		t.Fatalf("got %v, want exit code 2", err)
	}
	for _, want := range []string{
		"VPC " + team.name + "/main (" + dir + "/b.json, document 1): create", "ec2:CreateVpc", "ec2:CreateSubnet",
		"<id of VPC " + team.name + "/main>: these manifests create it", "2 AWS calls for 2 objects. Nothing was written",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it does not print %q: %v", want, err)
		}
	}
	team.wantUntouched(t, mark)
	vpc.create(t, vpcSpec())
	subnet.create(t, subnetSpec)
	subnet.awaitDone(t, "create")
	wantPrinted(t, starter(t, "plan", "-f", dir), "VPC "+team.name+"/main", "no change", "0 AWS calls for 2 objects")
	if err := w.Starter(t.Context(), "plan", "-f", dir, "--delete"); err == nil || !strings.Contains(err.Error(), "exit status 2") || strings.Index(err.Error(), "ec2:DeleteSubnet") > strings.Index(err.Error(), "ec2:DeleteVpc") {
		t.Errorf("of the deletion: %v", err)
	}
	unmapped := vpc.manifest(vpcSpec())
	unmapped["metadata"].(fields)["namespace"] = "nowhere"
	if err := os.WriteFile(filepath.Join(dir, "a.json"), asJSON(t, unmapped), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.Starter(t.Context(), "plan", "-f", filepath.Join(dir, "a.json")); err == nil || !strings.Contains(err.Error(), "exit status 1") || !strings.Contains(err.Error(), "NamespaceNotFound") {
		t.Errorf("without a namespace: %v", err)
	}
	deleteAll(t, subnet, vpc)
}

// A plan-only object reports its calls, and Tack makes them once the annotation is gone. So it is for
// the create, a change and the deletion.
func TestPlanOnly(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.object("ec2.VPC", "main")
	mark := lastSeq(t)
	o.createWith(t, fields{corev1alpha1.AnnotationPlanOnly: "true"}, vpcSpec())
	u := o.awaitPlannedCall(t, "1. ec2:CreateVpc: ")
	if len(u.GetFinalizers()) > 0 || u.GetAnnotations()["services.k8s.aws/tack-claim"] != "" {
		t.Errorf("the object has the finalizers %v and the annotations %v", u.GetFinalizers(), u.GetAnnotations())
	}
	team.wantUntouched(t, mark)
	o.annotate(t, corev1alpha1.AnnotationPlanOnly, "")
	o.awaitDone(t, "create")
	o.annotate(t, corev1alpha1.AnnotationPlanOnly, "true")
	o.await(t, "Synced without a plan", soon, scenario.Synced)
	mark = lastSeq(t)
	o.patch(t, `{"spec":{"enableDNSHostnames":true}}`)
	o.awaitPlannedCall(t, "ec2:ModifyVpcAttribute: spec.enableDNSHostnames: ")
	team.wantUntouched(t, mark)
	o.annotate(t, corev1alpha1.AnnotationPlanOnly, "yes")
	o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", `its value is neither "true" nor "false"`)
	o.annotate(t, corev1alpha1.AnnotationPlanOnly, "false")
	o.awaitDone(t, "update")
	o.annotate(t, corev1alpha1.AnnotationPlanOnly, "true")
	mark = lastSeq(t)
	o.delete(t)
	o.awaitPlannedCall(t, "ec2:DeleteVpc: ")
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "its deletion waits")
	team.wantUntouched(t, mark)
	o.annotate(t, corev1alpha1.AnnotationPlanOnly, "")
	o.awaitGone(t)
}

// awaitPlannedCall waits until a plan-only object lists a call.
func (o object) awaitPlannedCall(t *testing.T, call string) *unstructured.Unstructured {
	t.Helper()
	return o.await(t, "the plan of "+call, soon, func(u *unstructured.Unstructured) bool {
		return strings.Contains(adviceOf(u)[resource.ReasonPlanned], call) && !scenario.Synced(u)
	})
}

// EC2's dry run says which calls of a plan the role may make, and changes nothing. It knows nothing
// about a call of IAM, or about one that needs an id to come.
func TestPlanWithDryRun(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	dry := func(o object, spec fields) resource.Planned {
		mark := lastSeq(t)
		run, err := workflows.StartPlan(t.Context(), w.Temporal, resource.PlanStart{Ref: o.ref, Change: resource.Change{Manifest: asJSON(t, o.manifest(spec))}, DryRun: true})
		var planned resource.Planned
		if err == nil {
			err = run.Get(t.Context(), &planned)
		}
		if err != nil {
			t.Fatal(err)
		}
		team.wantUntouched(t, mark)
		return planned
	}
	want := func(planned resource.Planned, answers ...string) {
		t.Helper()
		var got []string
		for _, c := range planned.Calls {
			got = append(got, strings.TrimSpace(c.Action+" "+string(c.Permission)+" "+c.Answer))
		}
		if diff := cmp.Diff(answers, got); diff != "" {
			t.Errorf("calls and permissions (-want +got):\n%s", diff)
		}
	}
	vpc, named := team.object("ec2.VPC", "main"), fields{"cidrBlocks": vpcSpec()["cidrBlocks"], "enableDNSHostnames": true}
	want(dry(vpc, named), "ec2:CreateVpc allowed", "ec2:ModifyVpcAttribute unknown the request needs an id that does not exist yet")
	if n := len(w.vpcs(t, team.account)); n != 0 {
		t.Errorf("the dry run made %d VPCs", n)
	}
	addRule(t, gateway.Rule{
		Action: gateway.Actions{"CreateVpc"}, Account: team.account, Fault: gateway.FaultError,
		Code: "UnauthorizedOperation", Message: "You are not authorized to perform this operation.", Status: 403,
	})
	want(dry(vpc, named), "ec2:CreateVpc lacking You are not authorized to perform this operation.", "ec2:ModifyVpcAttribute unknown the request needs an id that does not exist yet")
	want(dry(team.object("iam.Group", "g"), fields{"name": "g"}), "iam:CreateGroup unknown AWS has no dry run for this call")
	subnet := fields{"cidrBlock": "10.0.1.0/24", "vpcRef": fields{"from": fields{"name": "main"}}}
	want(dry(team.object("ec2.Subnet", "a"), subnet), "ec2:CreateSubnet unknown the request needs an id that does not exist yet")
}
