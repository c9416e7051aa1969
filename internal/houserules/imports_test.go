package houserules

import (
	"slices"
	"strings"
	"testing"
)

// layers list what each package of the product may import from the repository. A name that ends in
// a slash includes everything below it. Imports go one way: from the mains, through workflows and
// activities, to resource.
var layers = map[string][]string{
	"resource":                 {},
	"workflows":                {"resource"},
	"apis":                     {"apis/"},
	"apis/":                    {"apis/"},
	"activities/adoption":      {"activities/aws/request", "activities/aws/tagging", "activities/ignoring", "resource"},
	"activities/ignoring":      {"activities/aws/tagging", "resource"},
	"activities/kind":          {"activities/adoption", "activities/aws/awserror", "activities/aws/call", "activities/aws/fairness", "activities/ensuing", "activities/finding", "activities/fixed", "activities/ignoring", "activities/late", "activities/aws/ownership", "activities/patience", "activities/planned", "activities/readonly", "activities/replacement", "activities/aws/reads", "activities/aws/request", "activities/aws/session", "activities/shape", "activities/shown", "activities/aws/tagging", "activities/turn", "activities/windows", "resource"},
	"activities/aws/call":      {"activities/aws/awserror", "activities/aws/request", "activities/aws/tagging", "activities/holders", "resource"},
	"activities/aws/tagging":   {"activities/finding", "resource"},
	"activities/aws/ownership": {"resource"},
	"activities/aws/fairness":  {},
	"activities/aws/budget":    {"activities/aws/awserror", "resource"},
	"activities/aws/session":   {"activities/aws/awserror", "activities/aws/budget", "activities/aws/sharing", "resource"},
	"activities/aws/sharing":   {"activities/aws/awserror", "resource"},
	"activities/aws/awserror":  {"activities/aws/awserror/codes", "resource"},
	"activities/patience":      {"activities/aws/awserror", "resource"},
	"activities/aws/reads":     {"activities/aws/awserror"},
	"activities/dryrun":        {"activities/aws/call", "activities/heartbeat", "activities/kind", "activities/planned", "resource"},
	"activities/planned":       {"activities/aws/call", "resource"},
	"activities/proposal":      {"activities/kubeapi", "activities/level", "apis", "apis/", "resource"},
	"activities/windows":       {},
	"activities/holders":       {"activities/aws/awserror", "resource"},
	"activities/aws/request":   {},
	"activities/heartbeat":     {},
	"activities/replacement":   {"activities/fixed", "resource"},
	"activities/turn":          {"activities/aws/awserror", "activities/aws/fairness", "activities/heartbeat", "resource"},
	"activities/readonly":      {"resource"},
	"activities/ensuing":       {"resource"},
	"activities/late":          {"activities/aws/request", "activities/shape"},
	"activities/room":          {"activities/kind", "resource"},
	"activities/fixed":         {"activities/shape"},
	"activities/moving":        {"apis/"},
	"activities/optional":      {},
	"activities/documents":     {},
	"activities/shape":         {"apis/", "resource"},
	"activities/steps":         {"resource"},
	"activities/ec2/cidr":      {},
	"activities/ec2/tags":      {"activities/aws/call", "activities/aws/tagging"},
	"activities/ec2/refusal":   {"activities/finding", "apis/"},
	"activities/ec2/defaults":  {"activities/aws/call", "activities/ec2/describe", "activities/ec2/tags", "activities/kind", "activities/shape", "resource"},
	"activities/ec2/describe":  {"activities/aws/reads", "activities/aws/sharing", "activities/ec2/tags", "activities/kind", "resource"},
	"activities/shown":         {"activities/aws/request", "resource"},
	"activities/finding":       {},
	"activities/ec2":           {"activities/ec2/cidr", "activities/ec2/defaults", "activities/ec2/describe", "activities/ec2/refusal", "activities/ec2/tags", "activities/aws/call", "activities/aws/reads", "activities/aws/tagging", "activities/documents", "activities/finding", "activities/fixed", "activities/holders", "activities/ignoring", "activities/kind", "activities/late", "activities/moving", "activities/optional", "activities/room", "activities/shape", "activities/steps", "apis/", "resource"},
	"activities/iam":           {"activities/aws/call", "activities/aws/reads", "activities/aws/tagging", "activities/documents", "activities/finding", "activities/fixed", "activities/holders", "activities/kind", "activities/late", "activities/moving", "activities/optional", "activities/room", "activities/shape", "activities/steps", "apis/", "resource"},
	"activities/kube":          {"activities/kubeapi", "activities/level", "activities/proposal", "apis", "apis/", "resource"},
	"activities/kubeapi":       {"apis", "apis/", "resource"},
	"activities/defaulttags":   {"activities/aws/tagging", "apis", "resource"},
	"activities/level":         {"activities/defaulttags", "activities/kubeapi", "apis", "apis/", "resource"},
	"internal/compression":     {},
	"internal/encryption":      {"internal/compression"},
	"internal/permissions":     {},
	"internal/process":         {"internal/encryption"},
	"worker":                   {"activities/dryrun", "activities/kind", "activities/windows", "activities/aws/budget", "activities/aws/fairness", "activities/ec2", "activities/iam", "activities/aws/session", "internal/encryption", "internal/process", "resource", "workflows"},
	"k8sbridge":                {"activities/aws/awserror/codes", "activities/kube", "activities/kubeapi", "activities/level", "apis", "apis/", "internal/encryption", "internal/process", "k8sbridge/ackflags", "k8sbridge/export", "resource", "workflows"},
	"k8sbridge/ackflags":       {},
	"k8sbridge/export":         {"activities/kube", "activities/kubeapi", "activities/level", "apis", "apis/", "resource"},
	"starter":                  {"activities/level", "apis", "apis/", "internal/encryption", "internal/process", "resource", "starter/manifest", "workflows"},
	"starter/manifest":         {"activities/level", "apis", "apis/", "resource"},

	"activities/aws/awserror/codes": {"resource"},
}

func TestImportsGoOneWay(t *testing.T) {
	for _, p := range listed(t) {
		allowed, ok := layers[p.short()]
		if family, _, nested := strings.Cut(p.short(), "/"); !ok && nested {
			allowed, ok = layers[family+"/"]
		}
		if !ok {
			if !outsideTheProduct(p.short()) {
				t.Errorf("%s is in no layer: add it to this test, with the packages that it may import", p.short())
			}
			continue
		}
		for _, imported := range p.Imports {
			if short, own := strings.CutPrefix(imported, module); own && !covers(allowed, short) {
				t.Errorf("%s imports %s; it may import %v", p.short(), short, allowed)
			}
		}
	}
}

// outsideTheProduct reports whether a package is not shipped.
func outsideTheProduct(short string) bool {
	return short == "devenv" || strings.HasPrefix(short, "devenv/") ||
		strings.HasPrefix(short, "test") || short == "internal/houserules"
}

func covers(allowed []string, short string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		return short == a || strings.HasSuffix(a, "/") && strings.HasPrefix(short, a)
	})
}

// strangers are packages that a package may not depend on, not even indirectly.
var strangers = map[string][]string{
	"workflows":              {"github.com/aws/", "k8s.io/", "sigs.k8s.io/", module + "activities/kind", module + "apis"},
	"activities/kube":        {"github.com/aws/"},
	"activities/kubeapi":     {"github.com/aws/", "go.temporal.io/"},
	"activities/level":       {"github.com/aws/"},
	"activities/proposal":    {"github.com/aws/"},
	"k8sbridge":              {"github.com/aws/"},
	"k8sbridge/export":       {"github.com/aws/"},
	"worker":                 {"k8s.io/client-go"},
	"activities/kind":        {"k8s.io/client-go"},
	"activities/aws/session": {"k8s.io/client-go"},
	"activities/ec2":         {"k8s.io/client-go"},
	"activities/iam":         {"k8s.io/client-go"},
}

func TestStrangersStayOut(t *testing.T) {
	seen := 0
	for _, p := range listed(t) {
		prefixes, ok := strangers[p.short()]
		if !ok {
			continue
		}
		seen++
		for _, dep := range p.Deps {
			for _, prefix := range prefixes {
				if strings.HasPrefix(dep, prefix) {
					t.Errorf("%s depends on %s", p.short(), dep)
				}
			}
		}
	}
	if seen != len(strangers) {
		t.Errorf("%d of %d packages were found: a rule names a package that does not exist", seen, len(strangers))
	}
}

func TestResourceKnowsTheStandardLibraryAlone(t *testing.T) {
	for _, p := range listed(t) {
		if p.short() != "resource" {
			continue
		}
		for _, dep := range p.Deps {
			if first, _, _ := strings.Cut(dep, "/"); strings.Contains(first, ".") {
				t.Errorf("resource depends on %s", dep)
			}
		}
		return
	}
	t.Error("there is no package resource")
}
