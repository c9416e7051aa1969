package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/test/golden"
)

// TestRBAC compares the bridge's permissions with its kinds. The end-to-end tests show that they
// suffice, because their bridge has no others.
func TestRBAC(t *testing.T) {
	golden.Check(t, filepath.Join("..", "config", "rbac", "k8sbridge.yaml"), permissions())
}

// permissions returns all permissions of the bridge.
func permissions() string {
	var rules strings.Builder
	rule := func(why, group string, resources []string, verbs ...string) {
		fmt.Fprintf(&rules, "  # %s\n  - apiGroups: [%q]\n    resources: [%s]\n    verbs: [%s]\n", why, group, strings.Join(resources, ", "), strings.Join(verbs, ", "))
	}
	for _, group := range groupsOf(apis.Kinds()) {
		served := pluralsIn(group, apis.Kinds())
		rule("the objects: read; claim, finalizer and defaults written", group, served, "get", "list", "watch", "patch")
		var statuses []string
		for _, plural := range served {
			statuses = append(statuses, plural+"/status")
		}
		rule("how they stand", group, statuses, "patch", "update")
	}
	others := slices.DeleteFunc(slices.Clone(apis.Others()), func(k apis.Kind) bool { _, served := apis.ByName(k.Name()); return served })
	for _, group := range groupsOf(others) {
		rule("other controllers' objects, which references may name", group, pluralsIn(group, others), "get", "list", "watch")
	}
	rule("which of those the cluster knows", definitions.Group, []string{definitions.Resource}, "list", "watch")
	rule("account, Region and role", "", []string{kube.Namespaces.Resource}, "get", "list", "watch")
	rule("account, Region and role", kube.RoleSelectors.Group, []string{kube.RoleSelectors.Resource}, "list", "watch")
	rule("what happened to the objects", "", []string{"events"}, "create", "patch")
	return fmt.Sprintf(rbac, rules.String())
}

func groupsOf(kinds []apis.Kind) (groups []string) {
	for _, k := range kinds {
		groups = append(groups, k.Group)
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

func pluralsIn(group string, kinds []apis.Kind) (plurals []string) {
	for _, k := range kinds {
		if k.Group == group {
			plurals = append(plurals, k.Plural)
		}
	}
	slices.Sort(plurals)
	return plurals
}

const rbac = `# All that the bridge may do in its cluster. It reads no Secret and writes nothing
# but the objects of its kinds. Written by: go test ./k8sbridge -run TestRBAC -update
apiVersion: v1
kind: ServiceAccount
metadata:
  name: tack-k8sbridge
  namespace: ack-system
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: tack-k8sbridge
rules:
%s---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: tack-k8sbridge
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: tack-k8sbridge
subjects:
  - kind: ServiceAccount
    name: tack-k8sbridge
    namespace: ack-system
---
# The role maps are in the namespace that --system-namespace names.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: tack-k8sbridge
  namespace: ack-system
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: tack-k8sbridge
  namespace: ack-system
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: tack-k8sbridge
subjects:
  - kind: ServiceAccount
    name: tack-k8sbridge
    namespace: ack-system
`
