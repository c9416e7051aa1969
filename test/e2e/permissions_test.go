package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/internal/permissions"
)

// sessionNames are the session names in CloudTrail: they contain the cluster.
var sessionNames = []string{"tack-dev", "tack-next", "tack-far"}

// ownSession is the name of the tests' own.
const ownSession = "tack-test"

// namedByFlags reports whether a role session has the name and external id from the workers' flags.
func namedByFlags(e gateway.Entry) bool {
	return e.SessionName == ownSession || slices.Contains(sessionNames, e.SessionName) && e.ExternalID == externalID
}

// checkPermissions checks, at the end, all calls that were made with target roles. Each call must
// be within the policy in config/iam for its object's kind.
func (w *world) checkPermissions(ctx context.Context) error {
	policies, err := permissions.Read(filepath.Join("..", "..", "config", "iam"))
	if err != nil {
		return err
	}
	entries, err := w.AWS.Journal(ctx, gateway.Query{})
	if err != nil {
		return fmt.Errorf("asking the journal: %w", err)
	}
	var errs []error
	type missing struct{ kind, action string }
	said := map[missing]bool{}
	for _, e := range entries {
		action := e.Service + ":" + e.Action
		m := missing{permissions.KindOf(e.Owner), action}
		switch {
		case strings.Contains(e.Principal, ":role/") && !credentials.MatchString(e.AccessKeyID):
			return fmt.Errorf("%s called with the key %s: the search for credentials in histories would miss it", e.Principal, e.AccessKeyID)
		case e.Principal == stack.WorkerPrincipal && e.Action != "AssumeRole":
			errs = append(errs, fmt.Errorf("the worker itself, which may only assume roles, called %s", action))
		case e.Principal == stack.WorkerPrincipal && !namedByFlags(e):
			errs = append(errs, fmt.Errorf("a role was assumed as %q with external id %q, want one of %q with %q", e.SessionName, e.ExternalID, sessionNames, externalID))
		case strings.Contains(e.Principal, ":role/tack") && !policies.Allow(e.Owner, action) && !said[m]:
			said[m] = true
			errs = append(errs, fmt.Errorf("%s called %s for %q, which the policy of its kind in config/iam does not allow; the call named %q", e.Principal, action, e.Owner, e.Mentions))
		}
	}
	return errors.Join(errs...)
}

// checkLogs searches, at the end, for credentials in the logs of our own parts.
func (w *world) checkLogs() error {
	paths, err := filepath.Glob(filepath.Join(w.LogDir, "*.log"))
	if err != nil || len(paths) == 0 {
		return fmt.Errorf("finding the logs: %d, %w", len(paths), err)
	}
	var errs []error
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if key := credentials.Find(text); key != nil {
			errs = append(errs, fmt.Errorf("%s contains the access key %s", path, key))
		}
	}
	return errors.Join(errs...)
}
