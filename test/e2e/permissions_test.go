package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
)

// checkPermissions looks through all calls that were made as target roles, at the
// end: none may be outside the policies in config/iam.
func (w *world) checkPermissions(ctx context.Context) error {
	allowed, err := allowedActions()
	if err != nil {
		return err
	}
	entries, err := w.aws.Journal(ctx, gateway.Query{})
	if err != nil {
		return fmt.Errorf("asking the journal: %w", err)
	}
	var errs []error
	for _, e := range entries {
		action := e.Service + ":" + e.Action
		switch {
		case strings.Contains(e.Principal, ":role/") && !credentials.MatchString(e.AccessKeyID):
			return fmt.Errorf("%s called with the key %s: what looks for credentials in histories would not find it", e.Principal, e.AccessKeyID)
		case e.Principal == stack.WorkerPrincipal && e.Action != "AssumeRole":
			errs = append(errs, fmt.Errorf("the worker itself, which may do nothing but assume roles, called %s", action))
		case strings.Contains(e.Principal, ":role/tack") && !allowed[action]:
			allowed[action] = true // said once
			errs = append(errs, fmt.Errorf("%s called %s for %s, which no policy in config/iam allows", e.Principal, action, e.Owner))
		}
	}
	return errors.Join(errs...)
}

// checkLogs looks, at the end, for credentials in what our own parts logged.
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
			errs = append(errs, fmt.Errorf("%s holds the access key %s", path, key))
		}
	}
	return errors.Join(errs...)
}

// allowedActions are what the policies of all kinds allow together.
func allowedActions() (map[string]bool, error) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "config", "iam", "*.*.json"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("finding the policies: %d, %w", len(paths), err)
	}
	allowed := map[string]bool{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var policy struct{ Statement []struct{ Action []string } }
		if err := json.Unmarshal(raw, &policy); err != nil {
			return nil, fmt.Errorf("reading %s: %w", path, err)
		}
		for _, s := range policy.Statement {
			for _, action := range s.Action {
				allowed[action] = true
			}
		}
	}
	return allowed, nil
}
