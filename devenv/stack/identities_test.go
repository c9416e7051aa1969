package stack

import (
	"slices"
	"strings"
	"testing"
)

// The worker has no Kubernetes credentials and the bridge has no AWS credentials. Each part gets
// only its own settings, and nothing from its caller's environment.
func TestWhoHasWhichCredentials(t *testing.T) {
	t.Setenv("KUBECONFIG", "/somewhere")
	t.Setenv("AWS_PROFILE", "mine")
	ports := map[string]int{}
	for _, name := range PortNames(2) {
		ports[name] = 1
	}
	l := layout{dir: "/state", ports: ports, options: Options{Workers: 2}}
	mentions := func(s spec, text string) bool {
		return slices.ContainsFunc(slices.Concat(s.Args, s.Env, baseEnv()), func(a string) bool {
			return strings.Contains(strings.ToLower(a), text)
		})
	}
	for _, s := range l.specs() {
		switch {
		case s.isWorker():
			if mentions(s, "kube") || !mentions(s, "aws_access_key_id=") {
				t.Errorf("%s gets %q %q: want credentials for AWS only", s.Name, s.Args, s.Env)
			}
		case s.Name == Bridge:
			if mentions(s, "aws_") || mentions(s, "aws-e") || !mentions(s, bridgeConfig) || mentions(s, "/state/kubeconfig") {
				t.Errorf("%s gets %q %q: want only its own kubeconfig, and nothing for AWS", s.Name, s.Args, s.Env)
			}
		}
	}
}
