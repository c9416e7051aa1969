package e2e

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
)

// principals returns the distinct principals that called for a team's objects since the mark.
func (team team) principals(t *testing.T, o object) (principals []string) {
	t.Helper()
	for _, e := range o.entries(t, 0) {
		if len(principals) == 0 || principals[len(principals)-1] != e.Principal {
			principals = append(principals, e.Principal)
		}
	}
	return principals
}

// mapTeam sets one entry of the map of teams, and creates the map if it is missing.
func (w *world) mapTeam(t *testing.T, team, role string) {
	t.Helper()
	if err := w.SetEntries(t.Context(), corev1alpha1.ConfigMapRoleTeamMap, fields{team: role}); err != nil {
		t.Fatal(err)
	}
}

// addSelector creates a selector for the team's namespace, and removes it at the end of the test.
func (team team) addSelector(t *testing.T, name, role string, more fields) {
	t.Helper()
	spec := fields{"arn": role, "namespaceSelector": fields{"names": []any{team.name}}}
	maps.Copy(spec, more)
	name = team.name + "-" + name
	u := &unstructured.Unstructured{Object: fields{
		"apiVersion": "services.k8s.aws/v1alpha1", "kind": "IAMRoleSelector", "metadata": fields{"name": name}, "spec": spec,
	}}
	if _, err := w.Kube.Resource(kubeapi.RoleSelectors).Create(t.Context(), u, metav1.CreateOptions{}); err != nil {
		t.Fatalf("creating a selector: %v", err)
	}
	t.Cleanup(func() {
		_ = w.Kube.Resource(kubeapi.RoleSelectors).Delete(context.Background(), name, metav1.DeleteOptions{})
	})
}

func (team team) removeSelector(t *testing.T, name string) {
	t.Helper()
	if err := w.Kube.Resource(kubeapi.RoleSelectors).Delete(t.Context(), team.name+"-"+name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
}

// The service's own entry of the map has precedence over the entry for all services.
func TestRolePerService(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	const special = "/ec2-only"
	w.mapRole(t, "ec2."+team.account, scenario.RoleIn(team.account)+special)
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	policy := team.apply(t, "iam.Policy", "reader", policySpec("reader"))
	vpc.wantOneCreate(t, vpc.awaitSynced(t))
	policy.wantOneCreate(t, policy.awaitSynced(t))
	for o, want := range map[*object]string{&vpc: scenario.RoleIn(team.account) + special, &policy: scenario.RoleIn(team.account)} {
		if diff := cmp.Diff([]string{want}, team.principals(t, *o)); diff != "" {
			t.Errorf("callers for %s (-want +got):\n%s", o.ref, diff)
		}
	}
}

// A namespace that names a team waits for the team's role, and uses no other role.
func TestRoleOfATeam(t *testing.T) {
	t.Parallel()
	account := scenario.NewAccount()
	team := team{name: "team-" + account, account: account}
	w.applyNamespace(t, team.name, fields{corev1alpha1.AnnotationTeamID: team.name})
	t.Cleanup(func() { w.checkHistories(t, team.name) })
	o := team.apply(t, "ec2.VPC", "main", vpcSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role is not available")
	w.mapTeam(t, team.name, scenario.RoleIn(account))
	o.wantOneCreate(t, o.awaitSynced(t))
	if diff := cmp.Diff([]string{scenario.RoleIn(account)}, team.principals(t, o)); diff != "" {
		t.Errorf("callers (-want +got):\n%s", diff)
	}
}

// A selector gives the role, by kind and by label; two matching selectors give none until one of
// them is deleted. Each change wakes the affected objects.
func TestRoleBySelector(t *testing.T) {
	t.Parallel()
	account := scenario.NewAccount()
	team := team{name: "team-" + account, account: account}
	w.applyNamespace(t, team.name, fields{})
	t.Cleanup(func() { w.checkHistories(t, team.name) })
	o := team.apply(t, "ec2.VPC", "main", vpcSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "names no account")
	gold := fields{"resourceLabelSelector": fields{"matchLabels": fields{"class": "gold"}}}
	team.addSelector(t, "gold", scenario.RoleIn(account), gold)
	team.addSelector(t, "vpcs", scenario.RoleIn(account)+"/vpcs", fields{
		"resourceLabelSelector": gold["resourceLabelSelector"],
		"resourceTypeSelector":  []any{fields{"group": "ec2.services.k8s.aws", "version": "", "kind": "VPC"}},
	})
	o.patch(t, `{"metadata":{"labels":{"class":"gold"}}}`)
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "SeveralSelectors")
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", team.name+"-gold, "+team.name+"-vpcs all match")
	if calls := callsSince(t, account, 0); len(calls) > 0 {
		t.Errorf("AWS was called while no role was certain: %q", calls)
	}
	team.removeSelector(t, "gold")
	o.wantOneCreate(t, o.awaitSynced(t))
	o.awaitCondition(t, corev1alpha1.ConditionTypeIAMRoleSelected, "True", "IAMRoleSelector "+team.name+"-vpcs selected "+scenario.RoleIn(account)+"/vpcs")
	if diff := cmp.Diff([]string{scenario.RoleIn(account) + "/vpcs"}, team.principals(t, o)); diff != "" {
		t.Errorf("callers (-want +got):\n%s", diff)
	}
}

// The object also reports that AWS gives no session for a reason other than a denial. A change to
// another account ends the wait at once.
func TestNoSessionIsReportedAndAWayOutIsHeard(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	addRule(t, gateway.Rule{
		Action: gateway.Actions{"AssumeRole"}, Role: scenario.RoleIn(team.account), Fault: gateway.FaultError, Status: 400, Code: "Throttling", Message: "slow down",
	})
	o := team.apply(t, "ec2.VPC", "main", vpcSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "NoSession IAM Role is not available: assuming "+scenario.RoleIn(team.account))
	if printed := starter(t, "explain", "ec2.VPC", team.name+"/main"); !strings.Contains(printed, "but: NoSession: assuming "+scenario.RoleIn(team.account)) {
		t.Errorf("explain does not say that there is no session:\n%s", printed)
	}
	other := scenario.NewAccount()
	w.mapRole(t, other, scenario.RoleIn(other))
	w.annotateNamespace(t, team.name, corev1alpha1.AnnotationOwnerAccountID, other)
	o.wantOneCreate(t, o.awaitSynced(t))
	if diff := cmp.Diff([]string{scenario.RoleIn(other)}, team.principals(t, o)); diff != "" {
		t.Errorf("callers (-want +got):\n%s", diff)
	}
}

// Tack retries with another role as soon as the map has it, after AWS refused the first role.
func TestAnotherRoleIsTriedAtOnce(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	giveBack := deny(t, team)
	o := team.apply(t, "ec2.VPC", "main", vpcSpec())
	o.awaitDenied(t)
	w.result(t, o.ref)
	giveBack()
	w.mapRole(t, team.account, scenario.RoleIn(team.account)+"/better")
	o.awaitSynced(t)
	o.wantWake(t, "role map changed")
}

// While AWS denies the role, the object and the Web UI report it, Tack retries rarely, and makes no
// other call. Once AWS allows the role, the object converges automatically.
func TestRoleDenied(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	rule := addRule(t, gateway.Rule{
		Action: gateway.Actions{"AssumeRole"}, Role: scenario.RoleIn(team.account), Fault: gateway.FaultError, Status: 403, Code: "AccessDenied", Message: "not you",
	})
	began := time.Now()
	first := team.apply(t, "ec2.VPC", "main", vpcSpec())
	second := team.apply(t, "iam.Policy", "reader", policySpec("reader"))
	for _, o := range []object{first, second} {
		o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "RoleDenied")
		o.awaitCondition(t, corev1alpha1.ConditionTypeReady, "False", "IAM Role is not available: assuming "+scenario.RoleIn(team.account)+": AccessDenied: not you")
		o.awaitPending(t, o.ref.Kind+"/Await", "AccessDenied: not you")
		o.awaitEvents(t, "Waiting")
	}
	if calls := callsSince(t, team.account, 0); len(calls) > 0 {
		t.Errorf("AWS was called: %q", calls)
	}
	state, err := w.AWS.Rule(t.Context(), rule)
	if err != nil {
		t.Fatal(err)
	}
	// Each of two workers may retry once in 30 s.
	if most := 2 * (1 + int(time.Since(began)/(30*time.Second))); state.Hit > most {
		t.Errorf("AssumeRole was called %d times in %s, want at most %d", state.Hit, time.Since(began), most)
	}
	if printed := starter(t, "explain", "ec2.VPC", team.name+"/main"); !strings.Contains(printed, "but: RoleDenied: assuming "+scenario.RoleIn(team.account)) {
		t.Errorf("explain does not say that the role is denied:\n%s", printed)
	}
	if err := w.AWS.DeleteRule(t.Context(), rule); err != nil {
		t.Fatal(err)
	}
	letIn := time.Now()
	for _, o := range []object{first, second} {
		o.await(t, "synced", time.Minute+soon, func(u *unstructured.Unstructured) bool {
			return status(u, corev1alpha1.ConditionTypeResourceSynced) == "True"
		})
		calls := o.entries(t, 0)
		if len(calls) == 0 {
			t.Fatalf("there are no calls for %s", o.ref)
		}
		// 45 s by design, only from timers.
		if after := calls[0].Time.Sub(letIn); after > time.Minute {
			t.Errorf("the role was allowed, and %s was created %s later", o.ref, after)
		}
	}
}

// The worker has the final decision: it neither assumes roles nor calls endpoints that its flags do
// not allow.
func TestWhatTheWorkerDoesNotAllow(t *testing.T) {
	t.Parallel()
	team := newUnmappedTeam(t)
	admin := "arn:aws:iam::" + team.account + ":role/admin"
	w.mapRole(t, team.account, admin)
	o := team.apply(t, "ec2.VPC", "main", vpcSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "RoleNotAllowed")
	asked, err := w.AWS.Journal(t.Context(), gateway.Query{Account: team.account, Principal: admin})
	if err != nil || len(asked) > 0 {
		t.Errorf("AWS was called as %s: %v %v", admin, asked, err)
	}
	w.annotateNamespace(t, team.name, corev1alpha1.AnnotationEndpointURL, "https://evil.invalid")
	w.mapRole(t, team.account, scenario.RoleIn(team.account))
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "EndpointNotAllowed")
	if calls := callsSince(t, team.account, 0); len(calls) > 0 {
		t.Errorf("AWS was called: %q", calls)
	}
	w.annotateNamespace(t, team.name, corev1alpha1.AnnotationEndpointURL, w.GatewayURL)
	o.wantOneCreate(t, o.awaitSynced(t))
}

// A person without access to the cluster can read the inputs that determined the role.
func TestExplain(t *testing.T) {
	t.Parallel()
	team := newUnmappedTeam(t)
	o := team.apply(t, "ec2.VPC", "main", vpcSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role is not available")
	wantPrinted(t, starter(t, "explain", "vpc", team.name+"/main"),
		"account "+team.account+": annotation services.k8s.aws/owner-account-id of namespace "+team.name,
		"Region us-west-2: --aws-region of the bridge",
		"missing: RoleNotMapped: account "+team.account+" is not in ConfigMap ack-system/ack-role-account-map",
		"so AWS is not called")
	w.mapRole(t, team.account, scenario.RoleIn(team.account))
	o.awaitDone(t, "create")
	wantPrinted(t, starter(t, "explain", "vpc", team.name+"/main"),
		"role "+scenario.RoleIn(team.account)+": key "+team.account+" of ConfigMap",
		"recorded: vpc-",
		"so AWS is called in account "+team.account+", Region us-west-2, as "+scenario.RoleIn(team.account))
	if err := w.Starter(t.Context(), "explain", "vpc", team.name+"/nowhere"); err == nil || !strings.Contains(err.Error(), "has no VPC "+team.name+"/nowhere") {
		t.Errorf("explaining a missing object: %v", err)
	}
}

func wantPrinted(t *testing.T, printed string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(printed, want) {
			t.Errorf("it does not say %q:\n%s", want, printed)
		}
	}
}
