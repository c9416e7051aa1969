package level

import (
	"strings"
	"testing"
	"time"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// leftByACK returns the cluster in which ACK made the group sg-1 and left its object.
func leftByACK() cluster {
	c := complete()
	c.Set([]any{groupFinalizer}, "metadata", "finalizers")
	c.Set(fields{"ownerAccountID": account, "region": "us-west-2", "arn": "arn:aws:ec2:us-west-2:111111111111:security-group/sg-1"}, "status", "ackResourceMetadata")
	c.Set("sg-1", "status", "id")
	set(c, corev1alpha1.AnnotationTakeOver, "true")
	return c
}

// statusWritten says that a manager wrote a part of the group a while ago.
func statusWritten(c cluster, manager, subresource string, ago time.Duration) {
	c.Set([]any{fields{
		"manager": manager, "operation": "Update", "subresource": subresource, "fieldsType": "FieldsV1", "fieldsV1": fields{},
		"time": time.Now().Add(-ago).UTC().Format(time.RFC3339),
	}}, "metadata", "managedFields")
}

// An object that ACK left is taken over by the id in its status, if its annotation or its namespace's
// asks for that.
func TestTakeOver(t *testing.T) {
	const annotation = corev1alpha1.AnnotationTakeOver
	asked, forced := &resource.Adoption{ID: "sg-1", Takes: true}, &resource.Adoption{ID: "sg-1", Takes: true, Force: true}
	existing := resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1", Adopted: true}
	begun, differs := existing, corev1alpha1.ConditionTypeRecoverable
	begun.TakenOver = true
	during := func(change func(cluster)) func(cluster) {
		return all(func(c cluster) { c.Claim(begun) }, change)
	}
	space := func(value string) func(cluster) {
		return inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, annotation: value})
	}
	for name, test := range map[string]struct {
		change  func(cluster)
		want    *resource.Adoption
		problem string // its reason
		foreign bool   // the conditions of the other controller stay
	}{
		"asked":                          {func(cluster) {}, asked, "", false},
		"by force":                       {func(c cluster) { set(c, corev1alpha1.AnnotationAdoptionForce, "true") }, forced, "", false},
		"not asked":                      {func(c cluster) { set(c, annotation, "false") }, nil, "", true},
		"no word":                        {func(c cluster) { set(c, annotation, "yes") }, nil, "OtherController", true},
		"the namespace asks":             {all(unasked, space("true")), asked, "", false},
		"the namespace asks, not for it": {all(func(c cluster) { set(c, annotation, "false") }, space("true")), nil, "", true},
		"no word of the namespace":       {all(unasked, space("True")), nil, "OtherController", true},
		"without a finalizer":            {func(c cluster) { c.Set([]any{}, "metadata", "finalizers") }, asked, "", false},
		"adopted by ACK":                 {func(c cluster) { ackAdopted(c) }, asked, "", false},
		"no id":                          {func(c cluster) { delete(c.Group()["status"].(fields), "id") }, nil, "TakeOverWithoutID", true},
		"no id, not asked":               {func(c cluster) { delete(c.Group()["status"].(fields), "id"); unasked(c) }, nil, "TakeOverWithoutID", true},
		"only ACK's finalizer, not asked": {func(c cluster) {
			delete(c.Group(), "status")
			unasked(c)
			statusWritten(c, "controller", "", time.Hour)
		}, nil, "TakeOverWithoutID", true},
		"a person's finalizer, not asked":     {func(c cluster) { delete(c.Group(), "status"); unasked(c); statusWritten(c, "kubectl", "", time.Hour) }, nil, "", false},
		"no id, refused":                      {func(c cluster) { delete(c.Group()["status"].(fields), "id"); set(c, annotation, "false") }, nil, "", false},
		"no id, only the finalizer":           {func(c cluster) { delete(c.Group(), "status") }, nil, "TakeOverWithoutID", true},
		"no id, and named for adoption":       {func(c cluster) { delete(c.Group()["status"].(fields), "id"); ackAdopted(c) }, &resource.Adoption{ID: "sg-1"}, "", false},
		"new in the namespace":                {all(func(c cluster) { delete(c.Group(), "status"); c.Set([]any{}, "metadata", "finalizers") }, unasked, space("true")), nil, "", false},
		"another account":                     {func(c cluster) { c.Set("222222222222", "status", "ackResourceMetadata", "ownerAccountID") }, asked, "AccountChanged", false},
		"another Region":                      {func(c cluster) { c.Set("eu-west-1", "status", "ackResourceMetadata", "region") }, asked, "RegionChanged", false},
		"ACK writes the status":               {func(c cluster) { statusWritten(c, "controller", "status", time.Minute) }, nil, "TakeOverActive", true},
		"ACK wrote it":                        {func(c cluster) { statusWritten(c, "controller", "status", Quiet+time.Minute) }, asked, "", false},
		"a person writes it":                  {func(c cluster) { statusWritten(c, "kubectl-edit", "status", time.Minute) }, asked, "", false},
		"Tack writes it":                      {func(c cluster) { statusWritten(c, FieldManager, "status", time.Minute) }, asked, "", false},
		"a person writes the spec":            {func(c cluster) { statusWritten(c, "helm", "", time.Minute) }, asked, "", false},
		"claimed, not yet Synced":             {func(c cluster) { c.Claim(existing) }, asked, "", false},
		"claimed, and ACK writes":             {func(c cluster) { c.Claim(existing); statusWritten(c, "controller", "status", time.Minute) }, nil, "TakeOverActive", true},
		"claimed, Synced":                     {func(c cluster) { c.Claim(existing); c.Set("sg-1", "status", resource.StatusSyncedID) }, nil, "", false},
		"adopted by ACK, claimed":             {func(c cluster) { ackAdopted(c); c.Claim(existing) }, asked, "", false},
		"adopted by ACK, Synced":              {func(c cluster) { ackAdopted(c); c.Claim(existing); c.Set("sg-1", "status", resource.StatusSyncedID) }, &resource.Adoption{ID: "sg-1", Done: true}, "", false},
		"in the middle of Tack's adoption":    {func(c cluster) { ackAdopted(c); set(c, corev1alpha1.AnnotationAdopted, "false"); c.Claim(existing) }, &resource.Adoption{ID: "sg-1"}, "", false},
		"begun":                               {during(func(cluster) {}), asked, "", false},
		"begun, the annotation is gone":       {during(unannotated), asked, "", false},
		"begun, so is the namespace's":        {during(all(unannotated, annotated(account))), asked, "", false},
		"begun, refused for the namespace":    {during(all(unannotated, space("false"))), asked, "", false},
		"begun, refused":                      {during(func(c cluster) { set(c, annotation, "false") }), nil, "", false},
		"begun, refused, the namespace asks":  {during(all(func(c cluster) { set(c, annotation, "false") }, space("true"))), nil, "", false},
		"begun, and Synced":                   {during(all(unannotated, func(c cluster) { c.Set("sg-1", "status", resource.StatusSyncedID) })), nil, "", false},
		"begun, Synced with an earlier one":   {during(all(unannotated, func(c cluster) { c.Set("sg-0", "status", resource.StatusSyncedID) })), asked, "", false},
		"begun, and ACK writes":               {during(all(unannotated, func(c cluster) { statusWritten(c, "controller", "status", time.Minute) })), nil, "TakeOverActive", true},
		"begun, adopted by ACK":               {during(all(unannotated, ackAdopted)), asked, "", false},
		"begun, its deletion":                 {during(all(unannotated, deleted)), asked, "", false},
		"begun, and replaced by a tool":       {all(unasked, reporting(differs, "TakeOverDiffers")), asked, "", false},
		"replaced by a tool, and refused":     {all(unasked, reporting(differs, "TakeOverDiffers"), func(c cluster) { set(c, annotation, "false") }), nil, "", false},
		"replaced by a tool, no take-over":    {all(unasked, reporting(differs, "OwnedByAnother")), nil, "", false},
		"adopted by Tack, the policy is gone": {all(unasked, func(c cluster) { c.Claim(existing) }), nil, "", false},
		"created by Tack":                     {func(c cluster) { c.Claim(mine) }, nil, "", false},
		"read-only":                           {func(c cluster) { set(c, corev1alpha1.AnnotationReadOnly, "true") }, &resource.Adoption{ID: "sg-1", Create: true}, "", false},
		"paused":                              {func(c cluster) { set(c, corev1alpha1.AnnotationReconcile, "paused") }, asked, "Paused", false},
		"its namespace is paused":             {inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationReconcile: "paused"}), asked, "Paused", false},
		"an annotation that Tack refuses":     {func(c cluster) { set(c, corev1alpha1.AnnotationTeamID, "x") }, asked, "AnnotationNotSupported", false},
		"Tack has reported on it since":       {func(c cluster) { c.Set(int64(1), "status", resource.StatusObservedGeneration) }, asked, "", false},
		"Tack reported on it, and no id":      {func(c cluster) { c.Group()["status"] = fields{resource.StatusObservedGeneration: int64(1)} }, nil, "", false},
		"its deletion":                        {deleted, asked, "", false},
		"its deletion, and ACK still writes":  {all(deleted, func(c cluster) { statusWritten(c, "controller", "status", time.Minute) }), nil, "TakeOverActive", true},
	} {
		t.Run(name, func(t *testing.T) {
			c := leftByACK()
			test.change(c)
			l := levelIn(t, c, settings)
			reason, foreign := "", l.Object.Doubt.OfAnother()
			if l.Problem != nil {
				reason, foreign = l.Problem.Reason, l.Problem.State == resource.Foreign
			}
			if reason != test.problem || foreign != test.foreign {
				t.Errorf("problem %+v, foreign %t; want %q, %t", l.Problem, foreign, test.problem, test.foreign)
			}
			if got := l.Object.Adoption; (got == nil) != (test.want == nil) || got != nil && *got != *test.want {
				t.Errorf("adoption %+v, want %+v", got, test.want)
			}
			if l.Object.Takes() && (l.Object.Deleting && l.Object.Claim == nil) != (l.Object.Doubt != nil) {
				t.Errorf("the doubt is %+v", l.Object.Doubt)
			}
			if l.Object.Takes() && !l.Object.TakesOver {
				t.Error("the digest does not hold the take-over")
			}
		})
	}
}

// unannotated removes the annotation that asked for the take-over.
func unannotated(c cluster) {
	delete(c.Group()["metadata"].(fields)["annotations"].(fields), corev1alpha1.AnnotationTakeOver)
}

// reporting gives the group a report of Tack: a condition with that reason.
func reporting(kind corev1alpha1.ConditionType, reason string) func(cluster) {
	return func(c cluster) {
		c.Set(int64(1), "status", resource.StatusObservedGeneration)
		c.Set([]any{fields{"type": string(kind), "status": "True", "reason": reason}}, "status", "conditions")
	}
}

func unasked(c cluster) { delete(c.Group()["metadata"].(fields), "annotations") }

func deleted(c cluster) { c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp") }

// ackAdopted gives the group the annotations of an adoption by ACK that is complete.
func ackAdopted(c cluster) {
	set(c, corev1alpha1.AnnotationAdoptionPolicy, "adopt")
	set(c, corev1alpha1.AnnotationAdoptionFields, `{"id":"sg-1"}`)
	set(c, corev1alpha1.AnnotationAdopted, "true")
}

// The end of a take-over is no new input. The annotation of the namespace is one until the claim says that
// the take-over began, and "false" on the object always is one.
func TestTakeOverInTheDigest(t *testing.T) {
	c := leftByACK()
	unasked(c)
	inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationTakeOver: "true"})(c)
	before := levelIn(t, c, settings)
	annotated(account)(c)
	if l := levelIn(t, c, settings); l.Digest == before.Digest {
		t.Error("the annotation of the namespace is no input")
	}
	c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1", Adopted: true, TakenOver: true})
	during := levelIn(t, c, settings)
	c.Set("sg-1", "status", resource.StatusSyncedID)
	after := levelIn(t, c, settings)
	if before.Digest != during.Digest || during.Digest != after.Digest {
		t.Errorf("the digests are %s, %s and %s, want the same", before.Digest, during.Digest, after.Digest)
	}
	set(c, corev1alpha1.AnnotationTakeOver, "false")
	if l := levelIn(t, c, settings); l.Digest == after.Digest {
		t.Error("the refusal is no input")
	}
}

// The message names who writes, when, and when Tack tries again.
func TestTakeOverNamesTheWriter(t *testing.T) {
	c := leftByACK()
	statusWritten(c, "controller", "status", time.Minute)
	at := time.Now().Add(-time.Minute).UTC()
	l := levelIn(t, c, settings)
	for _, part := range []string{"controller wrote the status of the object at " + at.Format("2006-01-02T15:"), "after " + at.Add(Quiet).Format("2006-01-02T15:")} {
		if !strings.Contains(l.Problem.Message, part) {
			t.Errorf("%q lacks %q", l.Problem.Message, part)
		}
	}
}

// References of an object to take over need the claim of the other object, and not that it is Synced.
func TestTakeOverWithReferences(t *testing.T) {
	c := leftByACK()
	c.Set(fields{"from": fields{"name": "main"}}, "spec", "vpcRef")
	c["vpcs/team-a/main"] = fields{"metadata": fields{"name": "main", "namespace": "team-a"}, "spec": fields{}, "status": fields{"vpcID": "vpc-1"}}
	if l := levelIn(t, c, settings); l.Wait == nil || l.Wait.Reason != resource.ReasonReferencesNotReady {
		t.Errorf("the VPC is not taken over yet: wait %+v", l.Wait)
	}
	c.Vouch()
	if l := levelIn(t, c, settings); l.Wait != nil || !strings.Contains(string(l.Object.Spec), "vpc-1") {
		t.Errorf("wait %+v, spec %s", l.Wait, l.Object.Spec)
	}
}
