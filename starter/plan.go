package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"golang.org/x/sync/errgroup"

	"github.com/tack-dev/tack/internal/encryption"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/starter/manifest"
	"github.com/tack-dev/tack/workflows"
)

// errCalls is the result of a plan with calls: exit code 2, as terraform plan -detailed-exitcode has it.
var errCalls = errors.New("the plan has calls")

// errIncomplete is the result of a plan after whose apply AWS may differ from the manifests.
var errIncomplete = errors.New("the plan has a problem, a wait, or a change that AWS cannot make")

// atOnce is how many objects are planned at a time.
const atOnce = 8

// planOptions are the command line of a plan.
type planOptions struct {
	paths          []string
	output         string
	delete, dryRun bool
	clear          bool // accept secrets in clear text
	manifest.Defaults
}

// parsePlan reads the command line of a plan, and the manifests that it names.
func parsePlan(args []string, stdin io.Reader) (cmd command, err error) {
	var o planOptions
	f := flag.NewFlagSet("plan", flag.ContinueOnError)
	f.Func("f", "file or folder with manifests, or - for standard input; may be repeated", func(path string) error {
		o.paths = append(o.paths, path)
		return nil
	})
	f.StringVar(&o.Cluster, "cluster", "dev", "name of the cluster, as its bridge uses it")
	f.StringVar(&o.Namespace, "namespace", "default", "namespace of objects that name none")
	f.StringVar(&o.output, "output", "text", "text or json")
	f.BoolVar(&o.delete, "delete", false, "plan the deletion of the objects")
	f.BoolVar(&o.dryRun, "dry-run", false, "ask EC2 which of the calls the role may make")
	f.BoolVar(&o.clear, "allow-clear-user-data", false, "send fields that may contain secrets to Temporal in clear text")
	path := encryption.Flag(f)
	if err = f.Parse(args); err != nil {
		return cmd, err
	}
	if len(o.paths) == 0 || f.NArg() > 0 {
		return cmd, fmt.Errorf("plan: want -f PATH, got %q", args)
	}
	if err = checkReport("plan", o.output, o.Cluster); err != nil {
		return cmd, err
	}
	if cmd.keys, err = encryption.Load(*path); err != nil {
		return cmd, err
	}
	set, err := manifest.Read(o.paths, stdin, o.Defaults)
	if err != nil {
		return cmd, fmt.Errorf("plan: %w", err)
	}
	if !o.delete && !o.clear && !cmd.keys.Encrypt() {
		if err := inClear(set); err != nil {
			return cmd, err
		}
	}
	cmd.do = func(ctx context.Context, c client.Client, out io.Writer) error { return o.plan(ctx, c, set, out) }
	return cmd, nil
}

// inClear rejects manifests with fields that Temporal would store in clear text.
func inClear(set manifest.Set) error {
	for _, o := range set.Objects {
		if len(o.Secrets) > 0 {
			return fmt.Errorf("plan: %s: %s: it may contain secrets, and Temporal would store them in clear text: give --payload-keys FILE, or --allow-clear-user-data",
				o.Where, strings.Join(o.Secrets, ", "))
		}
	}
	return nil
}

// plan plans for each object, and prints the plans in their order.
func (o planOptions) plan(ctx context.Context, c client.Client, set manifest.Set, out io.Writer) error {
	if o.delete {
		slices.Reverse(set.Objects) // an object goes before those to which it refers
	}
	plans := make([]planOf, len(set.Objects))
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, object := range set.Objects {
		g.Go(func() error {
			in := resource.PlanStart{Ref: object.Ref, Change: resource.Change{Delete: o.delete}, DryRun: o.dryRun, Space: set.Spaces[object.Ref.Namespace]}
			if !o.delete {
				in.Change.Manifest, in.With = object.Raw, set.Beside(object)
			}
			plans[i] = planOf{Ref: object.Ref, Where: object.Where, deletes: o.delete}
			run, err := workflows.StartPlan(ctx, c, in)
			if err = answer(ctx, run, err, &plans[i].Planned); err != nil {
				return fmt.Errorf("planning %s (%s): %w", object.Ref, object.Where, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := o.print(out, plans, set.Skipped); err != nil {
		return err
	}
	return verdict(plans)
}

// answer waits for the result of a workflow, unless it did not start.
func answer(ctx context.Context, run client.WorkflowRun, started error, result any) error {
	if started != nil {
		return cause(started)
	}
	return cause(run.Get(ctx, result))
}

// cause returns what an activity said, without Temporal's words about it.
func cause(err error) error {
	if application, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return errors.New(application.Message())
	}
	return err
}

// verdict returns the error that gives the exit code.
func verdict(plans []planOf) error {
	var calls error
	for _, p := range plans {
		if p.incomplete() {
			return errIncomplete
		}
		if len(p.Calls) > 0 {
			calls = errCalls
		}
	}
	return calls
}

// print prints plans in the form that the command line names.
func (o planOptions) print(out io.Writer, plans []planOf, skipped []string) error {
	if o.output == "json" {
		return printJSON(out, struct {
			Objects []planOf `json:"objects"`
			Skipped []string `json:"skipped,omitempty"`
		}{plans, skipped})
	}
	_, err := io.WriteString(out, inText(plans, skipped))
	return err
}

// printJSON prints a report for programs.
func printJSON(out io.Writer, report any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(report)
}

// checkReport checks what each command with a report gets: its form, and the cluster.
func checkReport(command, output, cluster string) error {
	if !slices.Contains([]string{"text", "json"}, output) {
		return fmt.Errorf("%s: --output: %q: write text or json", command, output)
	}
	if !resource.IsPart(cluster) {
		return fmt.Errorf("%s: --cluster: %q cannot name a cluster: %s", command, cluster, resource.PartRule)
	}
	return nil
}
