package e2e

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/resource"
)

// soon limits waits for operations that take a second or two on a busy machine. No test runs in
// parallel with one that changes it.
var soon = 60 * time.Second

type fields = scenario.Fields

// team is a namespace with its own account.
type team struct {
	name, account string
}

// newTeam creates a namespace whose account is in the role map.
func newTeam(t *testing.T) team {
	t.Helper()
	team := newUnmappedTeam(t)
	w.mapRole(t, team.account, scenario.RoleIn(team.account))
	return team
}

func newUnmappedTeam(t *testing.T) team {
	t.Helper()
	account := scenario.NewAccount()
	team := team{name: "team-" + account, account: account}
	w.applyNamespace(t, team.name, fields{corev1alpha1.AnnotationOwnerAccountID: account})
	t.Cleanup(func() { w.checkHistories(t, team.name) })
	return team
}

func (w *world) applyNamespace(t *testing.T, name string, annotations fields) {
	t.Helper()
	persist(t, "creating namespace "+name, func(n int) error {
		err := w.MakeNamespace(t.Context(), name, annotations, nil)
		return unless(n > 1 && apierrors.IsAlreadyExists(err), err)
	})
}

// unless returns err, except for the error after a first attempt that succeeded but lost its
// answer.
func unless(done bool, err error) error {
	if done {
		return nil
	}
	return err
}

// mapRole sets one entry of the role map; an empty role removes it.
func (w *world) mapRole(t *testing.T, account, role string) {
	t.Helper()
	entry := fields{account: role}
	if role == "" {
		entry[account] = nil
	}
	persist(t, "mapping account "+account, func(int) error { return w.MapRoles(t.Context(), entry) })
}

// object is one object of a test.
type object struct {
	ref     resource.Ref
	kind    apis.Kind
	cluster scenario.Cluster
}

// in returns the object for the functions that return errors.
func (o object) in() scenario.Object { return o.cluster.Object(o.kind, o.ref.Namespace, o.ref.Name) }

func (o object) client() dynamic.ResourceInterface { return o.in().Client }

func (team team) object(kindName, name string) object {
	kind, ok := apis.ByName(kindName)
	if !ok {
		panic("no kind " + kindName)
	}
	return objectIn(w.Cluster, kind, team.name, name)
}

func objectIn(cluster scenario.Cluster, kind apis.Kind, namespace, name string) object {
	return object{ref: cluster.Object(kind, namespace, name).Ref, kind: kind, cluster: cluster}
}

// apply creates an object in the team's namespace.
func (team team) apply(t *testing.T, kindName, name string, spec fields) object {
	t.Helper()
	o := team.object(kindName, name)
	o.create(t, spec)
	return o
}

// idOf stands in a spec for the id of another object of the namespace, where the kind has no
// reference to it.
func idOf(kind, name string) string { return idMark + kind + "/" + name }

const idMark = "the id of "

func (o object) create(t *testing.T, spec fields) {
	t.Helper()
	spec = o.withIDs(t, spec)
	persist(t, "creating "+o.ref.String(), func(n int) error {
		err := o.in().Create(t.Context(), spec)
		return unless(n > 1 && apierrors.IsAlreadyExists(err), err)
	})
}

// withIDs replaces each idOf in a spec.
func (o object) withIDs(t *testing.T, spec fields) fields {
	t.Helper()
	for field, value := range spec {
		if list, ok := value.([]any); ok && len(list) == 1 {
			if id := o.idMeant(t, list[0]); id != "" {
				spec = maps.Clone(spec)
				spec[field] = []any{id}
			}
		} else if id := o.idMeant(t, value); id != "" {
			spec = maps.Clone(spec)
			spec[field] = id
		}
	}
	return spec
}

// idMeant returns the id that an idOf means, and nothing for any other value.
func (o object) idMeant(t *testing.T, value any) string {
	t.Helper()
	text, _ := value.(string)
	kindAndName, marked := strings.CutPrefix(text, idMark)
	if !marked {
		return ""
	}
	kind, name, _ := strings.Cut(kindAndName, "/")
	of, _ := apis.ByName(kind)
	return objectIn(o.cluster, of, o.ref.Namespace, name).awaitSynced(t)
}

func (o object) get(t *testing.T) (u *unstructured.Unstructured) {
	t.Helper()
	persist(t, "reading "+o.ref.String(), func(int) (err error) {
		u, err = o.client().Get(t.Context(), o.ref.Name, metav1.GetOptions{})
		return err
	})
	return u
}

// patch changes an object by a JSON merge patch.
func (o object) patch(t *testing.T, patch string) {
	t.Helper()
	persist(t, "patching "+o.ref.String(), func(int) error {
		_, err := o.client().Patch(t.Context(), o.ref.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
		return err
	})
}

func (o object) delete(t *testing.T) {
	t.Helper()
	persist(t, "deleting "+o.ref.String(), func(n int) error {
		err := o.in().Delete(t.Context())
		return unless(n > 1 && apierrors.IsNotFound(err), err)
	})
}

// await waits until the object meets the condition, and returns it.
func (o object) await(t *testing.T, what string, limit time.Duration, wanted func(*unstructured.Unstructured) bool) *unstructured.Unstructured {
	t.Helper()
	u, err := o.in().Await(within(t, limit), what, wanted)
	if err != nil {
		t.Fatalf("%v\n%s", err, w.story(o.ref))
	}
	return u
}

// awaitSynced waits until the object's newest spec is synced, and returns its id.
func (o object) awaitSynced(t *testing.T) string {
	t.Helper()
	u := o.await(t, "synced", soon, scenario.Synced)
	return level.Known(u, o.kind).ID
}

func (o object) awaitGone(t *testing.T) {
	t.Helper()
	if err := o.in().AwaitGone(within(t, soon)); err != nil {
		t.Fatalf("%v\n%s", err, w.story(o.ref))
	}
}

// deleteAll deletes objects, one right after the other, and waits until all are gone.
func deleteAll(t *testing.T, objects ...object) {
	t.Helper()
	for _, o := range objects {
		o.delete(t)
	}
	for _, o := range objects {
		o.awaitGone(t)
	}
}

// awaitCondition waits for a condition whose message or reason contains text.
func (o object) awaitCondition(t *testing.T, kind corev1alpha1.ConditionType, want, text string) {
	t.Helper()
	o.await(t, fmt.Sprintf("%s=%s with %q", kind, want, text), soon, func(u *unstructured.Unstructured) bool {
		c := scenario.Condition(u, kind)
		return c["status"] == want && strings.Contains(fmt.Sprint(c["reason"], " ", c["message"]), text)
	})
}

func status(u *unstructured.Unstructured, kind corev1alpha1.ConditionType) string {
	s, _ := scenario.Condition(u, kind)["status"].(string)
	return s
}
