package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"

	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/internal/encryption"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

// errLeft is the result of an import that leaves objects to a person.
var errLeft = errors.New("some objects need a person: correct what the report says, and repeat the command")

// importOptions are the command line of an import.
type importOptions struct {
	cluster, namespace, output string
	dryRun                     bool
}

// parseImport reads the command line of an import.
func parseImport(args []string) (cmd command, err error) {
	var o importOptions
	f := flag.NewFlagSet("import", flag.ContinueOnError)
	f.StringVar(&o.cluster, "cluster", "dev", "name of the cluster, as its bridge uses it")
	f.StringVar(&o.namespace, "namespace", "", "import only the objects of this namespace (empty: of all)")
	f.StringVar(&o.output, "output", "text", "text or json")
	f.BoolVar(&o.dryRun, "dry-run", false, "only report: which objects, what differs, what would be written, and what needs a person")
	path := encryption.Flag(f)
	if err = f.Parse(args); err != nil {
		return cmd, err
	}
	if f.NArg() > 0 {
		return cmd, fmt.Errorf("import: want no arguments, got %q", f.Args())
	}
	if err = checkReport("import", o.output, o.cluster); err != nil {
		return cmd, err
	}
	if cmd.keys, err = encryption.Load(*path); err != nil {
		return cmd, err
	}
	cmd.do = o.run
	return cmd, nil
}

// imported is the report of one object.
type imported struct {
	resource.Importable
	Plan *resource.Planned `json:"plan,omitempty"` // of a dry run
}

// run imports, or plans the import of, every object that another controller left.
func (o importOptions) run(ctx context.Context, c client.Client, out io.Writer) error {
	all, err := o.list(ctx, c)
	if err != nil {
		return err
	}
	if o.dryRun {
		if err := plans(ctx, c, all); err != nil {
			return err
		}
	}
	if err := o.print(out, all); err != nil {
		return err
	}
	if slices.ContainsFunc(all, imported.needsPerson) {
		return errLeft
	}
	return nil
}

// list runs one workflow per kind, which annotates the objects unless this is a dry run.
func (o importOptions) list(ctx context.Context, c client.Client) ([]imported, error) {
	kinds := apis.Kinds()
	found := make([][]resource.Importable, len(kinds))
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, kind := range kinds {
		g.Go(func() error {
			run, err := workflows.StartImport(ctx, c, resource.ImportStart{Kind: kind.Name(), Cluster: o.cluster, Namespace: o.namespace, Write: !o.dryRun})
			if err = answer(ctx, run, err, &found[i]); err != nil {
				return fmt.Errorf("importing %s: %w", kind.Name(), err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var all []imported
	for _, one := range slices.Concat(found...) {
		all = append(all, imported{Importable: one})
	}
	return all, nil
}

// plans plans the take-over of each object without a problem: what differs, and what would be written.
func plans(ctx context.Context, c client.Client, all []imported) error {
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i := range all {
		if all[i].Problem != nil {
			continue
		}
		g.Go(func() error {
			var planned resource.Planned
			run, err := workflows.StartPlan(ctx, c, resource.PlanStart{Ref: all[i].Ref, Change: resource.Change{TakeOver: true}})
			if err = answer(ctx, run, err, &planned); err != nil {
				return fmt.Errorf("planning %s: %w", all[i].Ref, err)
			}
			all[i].Plan = &planned
			return nil
		})
	}
	return g.Wait()
}

// needsPerson reports whether somebody must decide about an object: it has a problem, or its spec
// differs from AWS.
func (i imported) needsPerson() bool {
	return i.Problem != nil || i.Plan != nil && (i.Plan.Problem != nil || i.differs())
}

// differs reports whether the spec differs from AWS.
func (i imported) differs() bool { return i.Plan != nil && len(i.Plan.Advice) > 0 }

// print prints the report in the form that the command line names.
func (o importOptions) print(out io.Writer, all []imported) error {
	if o.output == "json" {
		return printJSON(out, struct {
			Objects []imported `json:"objects"`
		}{append([]imported{}, all...)})
	}
	asked, left := 0, 0
	for _, one := range all {
		if _, err := io.WriteString(out, one.text()); err != nil {
			return err
		}
		if one.needsPerson() {
			left++
		}
		if one.Asked {
			asked++
		}
	}
	found, need := counted(len(all), "object")+" of another controller", fmt.Sprint(left)+" need a person"
	if left == 1 {
		need = "1 needs a person"
	}
	end := fmt.Sprintf("%s: Tack takes over %d, %s\n", found, asked, need)
	if o.dryRun {
		end = found + ": " + need + ". Nothing was written\n"
	}
	_, err := io.WriteString(out, end)
	return err
}

// text returns the report of one object.
func (i imported) text() string {
	text := fmt.Sprintf("%s: %s", i.Ref, i.ID)
	if i.ID == "" {
		text = fmt.Sprintf("%s: no id", i.Ref)
	}
	if at := i.Target; at.AccountID != "" {
		text += fmt.Sprintf(" in account %s, Region %s", at.AccountID, at.Region)
	}
	text += "\n"
	for _, p := range []*resource.Problem{i.Problem, i.planProblem()} {
		if p != nil {
			text += fmt.Sprintf("  needs a person: %s: %s\n", p.Reason, p.Message)
		}
	}
	if i.Wait != nil && i.Plan == nil {
		text += fmt.Sprintf("  waits: %s: %s\n", i.Wait.Reason, i.Wait.Message)
	}
	if i.Plan == nil {
		return text
	}
	for _, difference := range i.Plan.Advice {
		text += "  differs: " + difference + "\n"
	}
	for _, call := range i.Plan.Calls {
		text += fmt.Sprintf("  writes: %s: %s\n", call.Action, call.Summary)
	}
	for _, wait := range i.Plan.Waits {
		text += "  waits: " + wait + "\n"
	}
	return text
}

// planProblem returns the problem that the plan found.
func (i imported) planProblem() *resource.Problem {
	if i.Plan == nil {
		return nil
	}
	return i.Plan.Problem
}
