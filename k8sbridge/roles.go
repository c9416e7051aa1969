package main

import (
	"encoding/json"
	"maps"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/cache"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// These inputs decide about an object's account and role, and do not belong to the object. A change
// wakes the objects that it concerns, unless they are still settled.

// onNamespace wakes the objects of a namespace that is new, or that has changed ACK annotations or
// labels.
func (b *bridge) onNamespace() cache.ResourceEventHandler {
	return cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(obj any, initial bool) {
			if u := unwrap(obj); u != nil && !initial {
				b.wakeNamespace(u.GetName())
			}
		},
		UpdateFunc: func(before, after any) {
			was, is := unwrap(before), unwrap(after)
			if was == nil || is == nil {
				return
			}
			if !maps.Equal(level.NamespaceAnnotations(was), level.NamespaceAnnotations(is)) || !maps.Equal(was.GetLabels(), is.GetLabels()) {
				b.wakeNamespace(is.GetName())
			}
		},
	}
}

// When a change concerns many objects, a few are woken before the rest. They show at once whether
// calls to AWS now work, before Temporal has processed a thousand.
const (
	ahead = 16
	lead  = 150 * time.Millisecond
)

func (b *bridge) wakeAll(concerned []item) {
	crowd := kubeapi.NewCrowd(b.live)
	for n, it := range concerned {
		if n < ahead {
			b.queue.Add(it)
			continue
		}
		it.crowd = crowd
		b.alarms.after(it, lead)
	}
}

func (b *bridge) wakeNamespace(namespace string) {
	var concerned []item
	for name, informer := range b.objects {
		kind, _ := apis.ByName(name)
		found, _ := informer.GetIndexer().ByIndex(cache.NamespaceIndex, namespace) // the index exists
		for _, obj := range found {
			if u := unwrap(obj); u != nil {
				concerned = append(concerned, item{ref: b.refOf(kind, u), reason: "namespace changed", check: true, role: true})
			}
		}
	}
	b.wakeAll(concerned)
}

// concern says whether a change concerns an object.
type concern int

const (
	unconcerned concern = iota
	perhaps             // nothing in the cluster says so
	surely
)

// wakeWhere wakes the objects that the change concerns. Their namespace is empty while it is not
// known. Those that it surely concerns come first: a few objects are woken ahead, and a settled one among
// them would show nothing.
func (b *bridge) wakeWhere(reason string, concerns func(apis.Kind, *unstructured.Unstructured, *unstructured.Unstructured) concern) {
	var concerned, last []item
	for name, informer := range b.objects {
		kind, _ := apis.ByName(name)
		for _, obj := range informer.GetIndexer().List() {
			u := unwrap(obj)
			if u == nil {
				continue
			}
			it := item{ref: b.refOf(kind, u), reason: reason, check: true, role: true}
			switch concerns(kind, u, b.namespaceOf(u)) {
			case surely:
				concerned = append(concerned, it)
			case perhaps:
				last = append(last, it)
			case unconcerned:
			}
		}
	}
	b.wakeAll(append(concerned, last...))
}

// onRoleMap wakes the objects of every account and team whose entry changed.
func (b *bridge) onRoleMap() cache.ResourceEventHandler {
	return cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(obj any, initial bool) {
			if !initial {
				b.wakeMapped(unwrap(obj), nil, entriesOf(obj))
			}
		},
		UpdateFunc: func(before, after any) { b.wakeMapped(unwrap(after), entriesOf(before), entriesOf(after)) },
		DeleteFunc: func(obj any) { b.wakeMapped(unwrap(obj), entriesOf(obj), nil) },
	}
}

func entriesOf(obj any) map[string]string {
	u := unwrap(obj)
	if u == nil {
		return nil
	}
	data, _, _ := unstructured.NestedStringMap(u.Object, "data")
	return data
}

func (b *bridge) wakeMapped(roleMap *unstructured.Unstructured, was, is map[string]string) {
	// A new or removed map also concerns objects that it does not name.
	whole := (was == nil) != (is == nil)
	if roleMap == nil {
		return
	}
	var idsOf func(u, ns *unstructured.Unstructured) []string
	var changed map[mapped]bool
	switch roleMap.GetName() {
	case corev1alpha1.ConfigMapRoleAccountMap:
		idsOf, changed = b.accountsOf, changedIDs(was, is, level.ConcernsAccount)
	case corev1alpha1.ConfigMapRoleTeamMap:
		idsOf, changed = teamOf, changedIDs(was, is, level.ConcernsTeam)
	default:
		return
	}
	if len(changed) == 0 && !whole {
		return
	}
	accounts := roleMap.GetName() == corev1alpha1.ConfigMapRoleAccountMap
	b.wakeWhere("role map changed", func(kind apis.Kind, u, ns *unstructured.Unstructured) concern {
		for _, id := range idsOf(u, ns) {
			if whole || changed[mapped{kind.Service, id}] {
				return surely
			}
		}
		if accounts && kind.Accepted() {
			return perhaps // only AWS knows the account that must accept; a settled object is not woken
		}
		return unconcerned
	})
}

// mapped is a service and an account or team.
type mapped struct{ service, id string }

// changedIDs returns the accounts or teams, by service, whose role now comes from a different
// entry.
func changedIDs(was, is map[string]string, concerns func(entry, service string) (id string, ok bool)) map[mapped]bool {
	changed := map[mapped]bool{}
	for _, all := range []map[string]string{was, is} {
		for entry := range all {
			before, there := was[entry]
			after, still := is[entry]
			if before == after && there == still {
				continue
			}
			for _, kind := range apis.Kinds() {
				if id, ok := concerns(entry, kind.Service); ok {
					changed[mapped{kind.Service, id}] = true
				}
			}
		}
	}
	return changed
}

// accountsOf returns the accounts whose role an object may need: that of its namespace, and that of
// its resource.
func (b *bridge) accountsOf(u, ns *unstructured.Unstructured) (accounts []string) {
	var claim resource.Claim
	if raw := u.GetAnnotations()[level.AnnotationClaim]; raw != "" && json.Unmarshal([]byte(raw), &claim) == nil {
		accounts = append(accounts, claim.Target.AccountID)
	}
	if len(teamOf(u, ns)) > 0 {
		return accounts
	}
	account, ok := ns.GetAnnotations()[corev1alpha1.AnnotationOwnerAccountID]
	if !ok {
		account = b.settings.DefaultAccount
	}
	return append(accounts, account)
}

func teamOf(_, ns *unstructured.Unstructured) []string {
	if team, ok := ns.GetAnnotations()[corev1alpha1.AnnotationTeamID]; ok {
		return []string{team}
	}
	return nil
}
