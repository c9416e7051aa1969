package kube

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// condition is one of ACK's conditions as the API server returns it.
type condition = map[string]any

// ACK's messages, which its users' tools match.
const (
	messageSynced     = "Resource synced successfully"
	messageReferences = "Reference resolution failed"
	messageLate       = resource.ReasonLate // ACK's message and reason
	messageNotLate    = "Late initialization did not complete"
)

// Conditions returns the conditions for the report on an object without an AWS resource.
func Conditions(prior []any, r resource.Report, now time.Time) []any {
	return conditionsFor(prior, r, now)
}

// conditionsFor turns a report into ACK's conditions. A condition with an unchanged status keeps
// its lastTransitionTime, so that the time is correct. The conditions in more come from the
// object's own kind.
func conditionsFor(prior []any, r resource.Report, now time.Time, more ...condition) []any {
	var wanted []condition
	add := func(kind corev1alpha1.ConditionType, status, reason, message string) {
		wanted = append(wanted, condition{"type": string(kind), "status": status, "reason": reason, "message": message})
	}
	switch r.State {
	case resource.Synced:
		add(corev1alpha1.ConditionTypeResourceSynced, "True", "", messageSynced)
		add(corev1alpha1.ConditionTypeReady, "True", "", messageSynced)
	case resource.Terminal:
		add(corev1alpha1.ConditionTypeTerminal, "True", r.Reason, r.Message)
		add(corev1alpha1.ConditionTypeResourceSynced, "False", r.Reason, short(r.Message, corev1alpha1.ConditionTypeTerminal))
		add(corev1alpha1.ConditionTypeReady, "False", resource.ReasonReadyTerminal, short(r.Message, corev1alpha1.ConditionTypeTerminal))
	case resource.Blocked:
		add(corev1alpha1.ConditionTypeRecoverable, "True", r.Reason, r.Message)
		add(corev1alpha1.ConditionTypeResourceSynced, "False", r.Reason, short(r.Message, corev1alpha1.ConditionTypeRecoverable))
		add(corev1alpha1.ConditionTypeReady, "False", resource.ReasonReadyRecoverable, short(r.Message, corev1alpha1.ConditionTypeRecoverable))
	case resource.Waiting, resource.Paused:
		add(corev1alpha1.ConditionTypeResourceSynced, "False", r.Reason, waitingMessage(r))
		add(corev1alpha1.ConditionTypeReady, "False", r.Reason, short(waitingMessage(r), corev1alpha1.ConditionTypeResourceSynced))
	case resource.Foreign:
		// The other conditions are another controller's.
		return withOne(prior, condition{"type": string(corev1alpha1.ConditionTypeAdvisory), "status": "True", "reason": r.Reason, "message": r.Message}, now)
	case resource.Deleted, resource.Gone: // no object is left to report on
	}
	for _, a := range advicesOf(r) {
		add(corev1alpha1.ConditionTypeAdvisory, "True", a.Reason, a.Message)
	}
	if r.Selected != "" {
		add(corev1alpha1.ConditionTypeIAMRoleSelected, "True", "", r.Selected)
	}
	switch {
	case r.References != nil && r.References.Status == "True":
		add(corev1alpha1.ConditionTypeReferencesResolved, "True", "", "")
	case r.References != nil:
		add(corev1alpha1.ConditionTypeReferencesResolved, r.References.Status, resource.ReasonReferencesNotReady, messageReferences+": "+r.References.Message)
	case r.Reason == resource.ReasonReferencesNotReady: // a run of a worker without Report.References
		add(corev1alpha1.ConditionTypeReferencesResolved, "Unknown", r.Reason, messageReferences+": "+r.Message)
	}
	wanted = append(wanted, more...)
	out := make([]any, 0, len(wanted))
	for _, c := range wanted {
		out = append(out, dated(prior, c, now))
	}
	return out
}

// lateInitialized returns ACK's condition of a kind with late initialization. It is True once each
// such field has a value, whoever set it. An ignored one needs none. ACK sets it when everything
// else succeeded.
// https://github.com/aws-controllers-k8s/code-generator/blob/main/templates/pkg/resource/manager.go.tpl
func lateInitialized(o object, state resource.State) []condition {
	fields, ignored := apis.LateInitialized(o.kind.Name()), level.Ignored(o.u, o.kind)
	if len(fields) == 0 || state != resource.Synced {
		return nil
	}
	spec, _, _ := unstructured.NestedMap(o.u.Object, "spec")
	c := condition{"type": string(corev1alpha1.ConditionTypeLateInitialized), "status": "True", "reason": resource.ReasonLate, "message": messageLate}
	for _, field := range fields {
		if spec[field] == nil && !slices.Contains(ignored, "spec."+field) {
			c["status"], c["reason"], c["message"] = "False", resource.ReasonNotLate, messageNotLate
		}
	}
	return []condition{c}
}

// advicesOf returns the advices of a report, one per reason.
func advicesOf(r resource.Report) (advices []resource.Advice) {
	all := r.Advices
	if r.Advice != "" {
		all = append([]resource.Advice{{Reason: resource.ReasonSecondResource, Message: r.Advice}}, all...)
	}
	at := map[string]int{}
	for _, a := range all {
		if i, there := at[a.Reason]; there {
			advices[i].Message += "; " + a.Message
			continue
		}
		at[a.Reason] = len(advices)
		advices = append(advices, a)
	}
	return advices
}

// samePlace reports whether one condition replaces the other. There is one condition per type, but
// one advisory per reason.
func samePlace(a, b condition) bool {
	return a["type"] == b["type"] && (a["type"] != string(corev1alpha1.ConditionTypeAdvisory) || a["reason"] == b["reason"])
}

// waitingMessage returns the message of a wait. It begins with ACK's words if a role is missing.
func waitingMessage(r resource.Report) string {
	if resource.AboutRole(r.Reason) {
		return resource.MessageNoRole + ": " + r.Message
	}
	return r.Message
}

// dated returns c with the time of its last transition. It keeps the time of the prior condition of
// its type, if that has an equal status.
func dated(prior []any, c condition, now time.Time) condition {
	c["lastTransitionTime"] = now.UTC().Format(time.RFC3339)
	for _, p := range prior {
		old, _ := p.(condition)
		if samePlace(old, c) && old["status"] == c["status"] && old["lastTransitionTime"] != nil {
			c["lastTransitionTime"] = old["lastTransitionTime"]
		}
	}
	for _, key := range []string{"reason", "message"} {
		if c[key] == "" {
			delete(c, key)
		}
	}
	return c
}

// withOne returns prior with c in place of the condition of its type and reason. The order is kept,
// because another controller's conditions may follow.
func withOne(prior []any, c condition, now time.Time) []any {
	c = dated(prior, c, now)
	out := slices.Clone(prior)
	at := slices.IndexFunc(out, func(p any) bool { old, _ := p.(condition); return samePlace(old, c) })
	if at < 0 {
		return append(out, c)
	}
	out[at] = c
	return out
}

// withdrawn returns prior without our conditions on an object that was ours and is now left alone.
// Only the digest in the status identifies such an object. Conditions that another controller wrote
// since remain.
func withdrawn(prior []any, r resource.Report, now time.Time) []any {
	out := slices.DeleteFunc(slices.Clone(prior), func(p any) bool {
		c, _ := p.(condition)
		return c["type"] == string(corev1alpha1.ConditionTypeTerminal) || c["type"] == string(corev1alpha1.ConditionTypeRecoverable)
	})
	for _, kind := range []corev1alpha1.ConditionType{corev1alpha1.ConditionTypeResourceSynced, corev1alpha1.ConditionTypeReady} {
		out = slices.DeleteFunc(out, func(p any) bool { c, _ := p.(condition); return c["type"] == string(kind) })
		out = append(out, dated(prior, condition{"type": string(kind), "status": "Unknown", "reason": r.Reason, "message": r.Message}, now))
	}
	return out
}
