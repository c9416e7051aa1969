package stack

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tack-dev/tack/devenv/kubecreds"
)

// Files of kube-apiserver's audit, below data/kube.
const (
	auditPolicy = "audit-policy.yaml"
	auditLog    = "audit.log"
)

// AuditLog is where kube-apiserver records all requests of the bridge.
func (s *Stack) AuditLog() string { return filepath.Join(s.Dir, "data", "kube", auditLog) }

// writeAuditPolicy records only the bridge's requests, without their bodies.
func writeAuditPolicy(dir string) error {
	policy := fmt.Sprintf(`apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
    users: [%q]
  - level: None
`, kubecreds.BridgeUser)
	return os.WriteFile(filepath.Join(dir, auditPolicy), []byte(policy), 0o600)
}
