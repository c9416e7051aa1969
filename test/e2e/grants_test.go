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

// checkGrants runs after all tests. Each verb of each rule of the bridge's permissions must have
// been used for one of the rule's resources. Passing tests show that no permission is missing.
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
				verb = "watch" // a list also counts where the server cannot send the initial state itself
			}
			does := func(resource string) bool { return used[grant{verb, rule.APIGroups[0], resource}] }
			if !slices.ContainsFunc(rule.Resources, does) {
				errs = append(errs, fmt.Errorf("config/rbac allows the bridge to %s %q of %q, which it never did", verb, rule.Resources, rule.APIGroups[0]))
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
		var role rbacv1.ClusterRole // a Role has its rules in the same field
		switch err := docs.Decode(&role); {
		case errors.Is(err, io.EOF):
			return rules, nil
		case err != nil:
			return nil, fmt.Errorf("reading %s: %w", path, err)
		}
		rules = append(rules, role.Rules...)
	}
}

// usedGrants returns the grants in kube-apiserver's audit log.
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
			continue // the rest of a line after a kill
		}
		resource := event.ObjectRef.Resource
		if event.ObjectRef.Subresource != "" {
			resource += "/" + event.ObjectRef.Subresource
		}
		used[grant{event.Verb, event.ObjectRef.APIGroup, resource}] = true
	}
	return used, lines.Err()
}
