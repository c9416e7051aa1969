package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// checkGrants looks, after a run of all tests, for what the bridge is allowed in
// its cluster and never did: each verb of each rule must have been used of one of
// the rule's resources. That nothing is missing the tests show by passing.
func (w *world) checkGrants() error {
	if filter := flag.Lookup("test.run").Value.String(); filter != "" {
		return nil
	}
	rules, err := grants(filepath.Join("..", "..", "config", "rbac", "k8sbridge.yaml"))
	if err != nil {
		return err
	}
	used, err := usedGrants(w.AuditLog())
	if err != nil {
		return err
	}
	var errs []error
	for _, rule := range rules {
		for _, verb := range rule.Verbs {
			if verb == "list" {
				verb = "watch" // one that begins with a list where the server cannot send the state itself
			}
			does := func(resource string) bool { return used[grant{verb, rule.APIGroups[0], resource}] }
			if !slices.ContainsFunc(rule.Resources, does) {
				errs = append(errs, fmt.Errorf("config/rbac lets the bridge %s %q of %q, which it never did", verb, rule.Resources, rule.APIGroups[0]))
			}
		}
	}
	return errors.Join(errs...)
}

// grant is one verb for one resource; a subresource follows a slash.
type grant struct{ verb, group, resource string }

func grants(path string) (rules []rbacv1.PolicyRule, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	for docs := yaml.NewYAMLOrJSONDecoder(f, 4096); ; {
		var role rbacv1.ClusterRole // a Role has its rules in the same place
		switch err := docs.Decode(&role); {
		case errors.Is(err, io.EOF):
			return rules, nil
		case err != nil:
			return nil, fmt.Errorf("reading %s: %w", path, err)
		}
		rules = append(rules, role.Rules...)
	}
}

// usedGrants are what the log of kube-apiserver's audit tells of.
func usedGrants(path string) (map[grant]bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	used := map[grant]bool{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var event struct {
			Verb      string
			ObjectRef struct{ Resource, Subresource, APIGroup string }
		}
		if json.Unmarshal(lines.Bytes(), &event) != nil {
			continue // what a kill left of a line
		}
		resource := event.ObjectRef.Resource
		if event.ObjectRef.Subresource != "" {
			resource += "/" + event.ObjectRef.Subresource
		}
		used[grant{event.Verb, event.ObjectRef.APIGroup, resource}] = true
	}
	return used, lines.Err()
}
