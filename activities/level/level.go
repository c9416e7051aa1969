package level

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// maxSpec bounds a spec, in bytes of JSON. The 1,000 rules or routes that AWS allows take at most
// half of it. etcd stores at most 1.5 MiB of one object. Temporal accepts at most 2 MiB for one
// payload, which holds the spec and the status.
const maxSpec = 1 << 20

// Awaited returns the wait of a level, if the level is still the awaited one; nil ends the wait.
func Awaited(l resource.Level, in resource.LevelInput) *resource.Wait {
	wait := l.Wait
	if wait == nil && len(l.Unresolved) > 0 {
		wait = &resource.Wait{Reason: resource.ReasonReferencesNotReady, Message: resource.Several(l.Unresolved)}
	}
	if l.Gone || l.Digest != in.Digest || wait == nil || in.Wait != nil && *in.Wait != *wait {
		return nil
	}
	return wait
}

// Read assembles the level of one object from what r returns.
func Read(ctx context.Context, r kubeapi.Reader, s Settings, kind apis.Kind, ref resource.Ref) (resource.Level, error) {
	u, err := r.Get(ctx, kubeapi.GVR(kind), ref.Namespace, ref.Name)
	if apierrors.IsNotFound(err) {
		return resource.Level{Gone: true}, nil
	}
	if err != nil {
		return resource.Level{}, fmt.Errorf("reading %s: %w", ref, err)
	}
	return Of(ctx, r, s, kind, ref, u)
}

// Of returns the level of an object that was read, with the rest as r returns it.
func Of(ctx context.Context, r kubeapi.Reader, s Settings, kind apis.Kind, ref resource.Ref, u *unstructured.Unstructured) (resource.Level, error) {
	reads := kubeapi.NewOnce(r)
	r = reads
	u, withheld := withhold(u, s, kind)
	l := resource.Level{Object: objectOf(u, s, kind, ref)}
	unable, err := takingOver(ctx, r, s, kind, &l.Object, u)
	if err != nil {
		return l, err
	}
	if l.Problem = cmp.Or(problemOf(s, l.Object), unable); l.Problem == nil {
		l.Object, l.Problem = asAnnotated(l.Object, kind, u, withheld)
	}
	if l.Problem != nil {
		return digested(l, u, s), nil
	}
	if l.Object.Goes() || l.Object.Stays() {
		return l, nil // Tack deletes nothing in AWS: the release needs no role
	}
	if err := place(ctx, r, s, kind, &l, u); err != nil {
		return l, err
	}
	if releasedUnasked(&l) {
		return l, nil
	}
	l.Problem = cmp.Or(l.Problem, doubtful(l), elsewhere(l, u, kind))
	l.Annotations = only(u.GetAnnotations(), honored)
	if l.Object.Deleting || l.Object.Doubt.Named() {
		return digested(l, u, s), nil
	}
	reads.Ahead(ctx, Targets(kind, ref, u))
	return referring(ctx, r, s, kind, l, u)
}

// asAnnotated returns an object with what its annotations ask for, or the problem that they, or secrets in
// its spec, cause. withheld are the secret fields that the spec has.
func asAnnotated(o resource.Object, kind apis.Kind, u *unstructured.Unstructured, withheld []string) (resource.Object, *resource.Problem) {
	var problem *resource.Problem
	if !voided(o) {
		problem = rejectedFor(o, notHonored(u, kind))
	}
	if problem = cmp.Or(problem, pauseOf(u, o)); problem != nil {
		return o, problem
	}
	if o, problem = adopting(o, u, kind); problem == nil && !o.Deleting && !o.Doubt.Named() {
		problem = inClear(withheld)
	}
	return o, problem
}

// voided reports whether an object is being deleted and does not have a resource according to its
// claim.
func voided(o resource.Object) bool {
	return o.Goes() || o.Deleting && o.Doubt != nil && o.Claim != nil && o.Claim.Void
}

// toAsk returns the object with a doubt if it is being deleted with a void claim. Somebody may have
// put that older claim over the one of a create in flight, so AWS is asked once.
func toAsk(o resource.Object) resource.Object {
	if o.Goes() && o.Finalizer && o.Claim != nil {
		o.Doubt = &resource.Doubt{Incarnation: o.Claim.Incarnation}
	}
	return o
}

// releasedUnasked removes the doubt of such an object if AWS cannot be asked: its release needs no
// role. In a paused namespace, AWS can be asked later.
func releasedUnasked(l *resource.Level) bool {
	unasked := voided(l.Object) && (l.Wait != nil || l.Problem != nil) && !l.Problem.Pauses()
	if unasked {
		l.Object.Doubt, l.Wait, l.Problem = nil, nil, nil
	}
	return unasked
}

// digested returns the level with its digest, and with the state that the status gives.
func digested(l resource.Level, u *unstructured.Unstructured, s Settings) resource.Level {
	l = l.Digested()
	settle(&l, u, s.Clock.Now())
	countTries(&l, u, s.Clock.Now())
	return l
}

// countTries sets what the status says of the failed tries. Other inputs have none yet: their first
// rest is short. A try that an event started before its time does not count, or a few events would
// make the object rest for half an hour.
func countTries(l *resource.Level, u *unstructured.Unstructured, now time.Time) {
	digest, found := reportedInputs(u)
	if found && digest != l.Digest || !ofThisGeneration(u) {
		l.Object.Retries = 0
	}
	at, tries := NextTry(u)
	l.Object.Early = l.Object.Retries > 0 && tries && now.Add(inTime).Before(at)
}

// inTime is how much sooner than its time a try may begin: clocks differ, and the status holds whole
// seconds.
const inTime = 2 * time.Second

// NextTry returns the time of the next try in an object's status, if there is one.
func NextTry(u *unstructured.Unstructured) (at time.Time, tries bool) {
	text, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusNextTry)
	at, err := time.Parse(time.RFC3339, text)
	return at, err == nil
}

func objectOf(u *unstructured.Unstructured, s Settings, kind apis.Kind, ref resource.Ref) resource.Object {
	spec, _ := json.Marshal(u.Object["spec"])
	status, _ := json.Marshal(statusOfKind(u))
	retries, _, _ := unstructured.NestedInt64(u.Object, "status", resource.StatusRetries)
	ref.ClusterUID = ""
	is := WorthOf(u, kind)
	shown := ShownID(u, kind)
	synced := syncedOnce(u)
	if is.Copied {
		status, shown, synced = nil, "", ""
	}
	if is.from != "" && is.from != s.Cluster {
		is.Doubt = nil // the resource of that object carries the owner tag of its own cluster
	}
	return toAsk(resource.Object{
		Owner:      resource.Owner{Install: s.Install, Ref: ref, UID: string(u.GetUID())},
		Created:    u.GetCreationTimestamp().Time,
		Generation: u.GetGeneration(),
		NewSpec:    !ofThisGeneration(u),
		Deleting:   u.GetDeletionTimestamp() != nil,
		ReadOnly:   readOnly(u),
		PlanOnly:   planOnly(u),
		Finalizer:  hasFinalizer(u, kind),
		Spec:       spec,
		Status:     status,
		Claim:      is.Claim,
		Shown:      shown,
		Synced:     synced,
		Doubt:      is.Doubt,
		Ignored:    Ignored(u, kind),
		Retries:    int(retries),

		DefaultTags: s.DefaultTags.For(u, kind),
	})
}

// statusOfKind returns the status without conditions: the part that a kind may read.
func statusOfKind(u *unstructured.Unstructured) map[string]any {
	status, _, _ := unstructured.NestedMap(u.Object, "status")
	for field := range status {
		if resource.EngineOwned(field) && field != resource.StatusMetadata {
			delete(status, field)
		}
	}
	return status
}

// problemOf returns the problem that forbids any work on the object.
func problemOf(s Settings, o resource.Object) *resource.Problem {
	if other := otherOwner(o.Claim, s); other != nil {
		return other
	}
	if len(o.Spec) > maxSpec && !o.Deleting && !o.Doubt.Named() {
		args := []string{strconv.Itoa(len(o.Spec)), strconv.Itoa(maxSpec)}
		return &resource.Problem{State: resource.Terminal, Reason: resource.ReasonSpecTooLarge, Args: args, Message: fmt.Sprintf(
			"spec: has %d bytes in JSON; Tack accepts at most %d: make it smaller", len(o.Spec), maxSpec)}
	}
	return nil
}

// ShownID returns the AWS id in the status, or the name in the spec that serves as id.
func ShownID(u *unstructured.Unstructured, kind apis.Kind) string {
	part := "status"
	if kind.InSpec {
		part = "spec"
	}
	id, _, _ := unstructured.NestedString(u.Object, append([]string{part}, FieldPath(kind.IDField)...)...)
	return id
}

// forces reports whether the deletion of an object removes what holds its resource. Anything but "true"
// and "false" is rejected.
func forces(u *unstructured.Unstructured) bool {
	return u.GetAnnotations()[corev1alpha1.AnnotationForceDestroy] == "true"
}

// retain reports whether a deletion of the object keeps its resource. The object's own policy decides,
// otherwise its namespace's for the service, otherwise the bridge's.
func retain(u, ns *unstructured.Unstructured, s Settings, kind apis.Kind) bool {
	policy := u.GetAnnotations()[corev1alpha1.AnnotationDeletionPolicy]
	if policy == "" && ns != nil {
		policy = ns.GetAnnotations()[corev1alpha1.NamespaceDeletionPolicy(kind.Service)]
	}
	if policy == "" {
		return s.Retain
	}
	return policy == corev1alpha1.DeletionPolicyRetain
}
