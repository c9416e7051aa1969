package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/internal/encryption"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

func parseReconcile(args []string) (command, error) {
	return parseObject("reconcile", args, following.reconcile)
}

// parseObject reads the command line of a command for one object.
func parseObject(name string, args []string, do func(following, context.Context, resource.Ref) error) (cmd command, err error) {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	cluster := f.String("cluster", "dev", "name of the cluster, as its bridge uses it")
	path := encryption.Flag(f)
	if err = f.Parse(args); err != nil {
		return cmd, err
	}
	if f.NArg() != 2 {
		return cmd, fmt.Errorf("%s: want <kind> <namespace>/<name>, got %q", name, f.Args())
	}
	if !resource.IsPart(*cluster) {
		return cmd, fmt.Errorf("%s: --cluster: %q cannot name a cluster: %s", name, *cluster, resource.PartRule)
	}
	kind, err := kindNamed(f.Arg(0))
	if err != nil {
		return cmd, err
	}
	namespace, object, ok := strings.Cut(f.Arg(1), "/")
	if !ok || namespace == "" || object == "" {
		return cmd, fmt.Errorf("%s: %q is not an object: want <namespace>/<name>", name, f.Arg(1))
	}
	ref := resource.Ref{Kind: kind.Name(), Cluster: *cluster, Namespace: namespace, Name: object}
	if cmd.keys, err = encryption.Load(*path); err != nil {
		return cmd, err
	}
	cmd.do = func(ctx context.Context, c client.Client, out io.Writer) error {
		return do(following{client: c, out: out, payloads: cmd.keys.DataConverter()}, ctx, ref)
	}
	return cmd, nil
}

// kindNamed finds a kind by its full name, "ec2.VPC", or by a short name that only one service has,
// "vpc".
func kindNamed(name string) (apis.Kind, error) {
	var known []string
	for _, kind := range apis.Kinds() {
		if strings.EqualFold(kind.Name(), name) || strings.EqualFold(kind.Kind, name) {
			return kind, nil
		}
		known = append(known, kind.Name())
	}
	return apis.Kind{}, fmt.Errorf("no kind %q: use one of %s", name, strings.Join(known, ", "))
}

// following follows the run of one object.
type following struct {
	client   client.Client
	out      io.Writer
	payloads converter.DataConverter
}

// reconcile wakes the object's run and prints each step until the run ends.
func (f following) reconcile(ctx context.Context, ref resource.Ref) error {
	run, err := workflows.Wake(ctx, f.client, ref, resource.Known{}, resource.Poke{Reason: "by hand", Force: true})
	if err != nil {
		return err
	}
	fmt.Fprintf(f.out, "following %s, run %s\n", ref.WorkflowID(), run.GetRunID())
	for runID := run.GetRunID(); runID != ""; {
		if runID, err = f.follow(ctx, ref.WorkflowID(), runID); err != nil {
			return fmt.Errorf("following %s: %w", ref.WorkflowID(), err)
		}
	}
	var result resource.Result
	if err := f.client.GetWorkflow(ctx, ref.WorkflowID(), "").Get(ctx, &result); err != nil {
		return fmt.Errorf("reading the result of %s: %w", ref.WorkflowID(), err)
	}
	if result.State == resource.Gone {
		return fmt.Errorf("cluster %q has no %s", ref.Cluster, ref)
	}
	fmt.Fprintln(f.out, strings.TrimSpace(fmt.Sprintf("%s: %s %s %s", ref, result.State, result.ID, result.Reason)))
	return nil
}

// follow prints the events of one run until it ends. It returns the id of the run that continues
// it, if one does.
func (f following) follow(ctx context.Context, workflowID, runID string) (next string, err error) {
	summaries := map[int64]string{}
	events := f.client.GetWorkflowHistory(ctx, workflowID, runID, true, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return "", err
		}
		if line := f.tell(event, summaries); line != "" {
			fmt.Fprintf(f.out, "%s  %s\n", event.GetEventTime().AsTime().Local().Format("15:04:05.000"), line)
		}
		if a := event.GetWorkflowExecutionContinuedAsNewEventAttributes(); a != nil {
			next = a.GetNewExecutionRunId()
		}
	}
	return next, nil
}

// tell describes an event in words, if the event matters to a user.
func (f following) tell(event *history.HistoryEvent, summaries map[int64]string) string {
	if a := event.GetActivityTaskScheduledEventAttributes(); a != nil {
		var summary string
		if p := event.GetUserMetadata().GetSummary(); p != nil {
			_ = f.payloads.FromPayload(p, &summary) // shown only
		}
		summaries[event.GetEventId()] = fmt.Sprintf("%-36s %s", a.GetActivityType().GetName(), summary)
		return ""
	}
	if a := event.GetActivityTaskCompletedEventAttributes(); a != nil {
		return "done    " + summaries[a.GetScheduledEventId()]
	}
	if a := event.GetActivityTaskFailedEventAttributes(); a != nil {
		return fmt.Sprintf("refused %s: %s", summaries[a.GetScheduledEventId()], a.GetFailure().GetMessage())
	}
	if a := event.GetActivityTaskTimedOutEventAttributes(); a != nil {
		return fmt.Sprintf("timeout %s: %s", summaries[a.GetScheduledEventId()], a.GetFailure().GetMessage())
	}
	if event.GetWorkflowExecutionContinuedAsNewEventAttributes() != nil {
		return "continues as new"
	}
	return ""
}
