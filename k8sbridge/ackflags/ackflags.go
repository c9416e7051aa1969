// Package ackflags says what takes the place of each flag of ACK's controllers. An operator who moves
// from ACK must not lose what a flag did without a word.
package ackflags

import (
	"flag"
	"fmt"
	"slices"
	"strings"
)

// Flag is one flag of ACK's controllers.
type Flag struct {
	Name    string
	Value   string // the value in ACK's Helm chart that sets it; empty: none
	Same    bool   // the bridge has a flag of this name and meaning
	Instead string // what to do; the documentation and the error at the start have these words
}

// All returns every flag of ACK's EC2 and IAM controllers, sorted. Source:
// https://github.com/aws-controllers-k8s/runtime/blob/main/pkg/config/config.go
func All() []Flag {
	all := slices.Clone(table)
	slices.SortFunc(all, func(a, b Flag) int { return strings.Compare(a.Name, b.Name) })
	return all
}

var table = []Flag{
	{"allow-unsafe-aws-endpoint-urls", "", false, "List the endpoints with `--allow-endpoints` of the worker."},
	{"aws-endpoint-url", "aws.endpoint_url", false, "Set `AWS_ENDPOINT_URL` for the worker, or annotate namespaces with `services.k8s.aws/endpoint-url`."},
	{"aws-endpoint-use-path-style", "", false, "Remove it: it concerns S3, and Tack serves EC2 and IAM."},
	{"aws-identity-endpoint-url", "", false, "Set `AWS_ENDPOINT_URL_STS` for the worker."},
	{"aws-region", "aws.region", true, "The same flag."},
	{"deletion-policy", "deletionPolicy", true, "The same flag."},
	{"enable-carm", "enableCARM", false, "Remove it: Tack always uses the role map. For one account alone, start the bridge with `--default-account-id`, and map that account to its role."},
	{"enable-cross-namespace", "", true, "The same flag."},
	{"enable-development-logging", "log.enable_development_logging", false, "Remove it: Tack logs one form."},
	{"enable-field-export-reconciler", "", false, "Remove it: Tack always serves FieldExports. They cost nothing where there are none."},
	{"enable-leader-election", "leaderElection.enabled", false, "Remove it: two bridges of a cluster may run side by side, and Temporal keeps one writer per object."},
	{"enable-webhook-server", "", false, "Remove it: Tack has no webhooks."},
	{"feature-gates", "featureGates", false, "Remove it: adoption, read-only objects, team and service entries of the role map and IAMRoleSelectors are always on."},
	{"healthz-addr", "", false, "Use `--listen` of the bridge and of the worker: both answer at `/healthz`."},
	{"http-client-timeout", "", false, "Remove it: an AWS call ends after 10 s, and Temporal tries again."},
	{"leader-election-namespace", "leaderElection.namespace", false, "Remove it, as with `--enable-leader-election`."},
	{"log-level", "log.level", false, "Remove it: Temporal keeps every step of a run, and the logs stay short."},
	{"metrics-addr", "", false, "Read Temporal's metrics and Web UI: Tack itself serves no metrics yet."},
	{"reconcile-default-max-concurrent-syncs", "reconcile.defaultMaxConcurrentSyncs", false, "Use `--calls` and `--calls-per-account` of the worker."},
	{"reconcile-default-resync-seconds", "reconcile.defaultResyncPeriod", false, "Remove it: Tack observes an object when an input changes and makes no rounds. To look for changes in AWS, wake objects with `starter reconcile`."},
	{"reconcile-resource-max-concurrent-syncs", "reconcile.resourceMaxConcurrentSyncs", false, "Use `--calls` and `--calls-per-account` of the worker: they count for all kinds."},
	{"reconcile-resource-resync-seconds", "reconcile.resourceResyncPeriods", false, "Remove it, as with `--reconcile-default-resync-seconds`."},
	{"reconcile-resources", "reconcile.resources", false, "Install only the CRDs of the kinds that Tack should serve: the bridge leaves out a kind without one."},
	{"resource-tags", "resourceTags", true, "The same flag."},
	{"watch-namespace", "watchNamespace", false, "Leave out `--default-account-id`, and annotate only the namespaces to serve with `services.k8s.aws/owner-account-id`. With `allowed-namespaces.<account>` in the role map, no other namespace can use the account."},
	{"watch-selectors", "watchSelectors", false, "Move the objects that Tack should leave alone to a namespace without an account, or pause them with `services.k8s.aws/reconcile: paused`."},
	{"webhook-server-addr", "", false, "Remove it: Tack has no webhooks."},
}

// Check returns an error for the first argument that is a flag of ACK's and none of known. It says what
// to do instead. Without it, package flag would only say that there is no such flag.
func Check(args []string, known *flag.FlagSet) error {
	for _, arg := range args {
		if arg == "--" {
			return nil
		}
		name, dashed := strings.CutPrefix(arg, "-")
		name, _, _ = strings.Cut(strings.TrimPrefix(name, "-"), "=")
		if !dashed || known.Lookup(name) != nil {
			continue
		}
		if i := slices.IndexFunc(table, func(f Flag) bool { return f.Name == name }); i >= 0 {
			return fmt.Errorf("--%s is a flag of ACK that the bridge does not have. %s", name, table[i].Instead)
		}
	}
	return nil
}
