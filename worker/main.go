// Command worker runs the workflows and the AWS activities. It needs Temporal, and AWS credentials
// that may only assume roles; it has no access to Kubernetes.
package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/activities/aws/budget"
	"github.com/tack-dev/tack/activities/aws/fairness"
	"github.com/tack-dev/tack/activities/aws/session"
	"github.com/tack-dev/tack/activities/dryrun"
	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/windows"
	"github.com/tack-dev/tack/internal/encryption"
	"github.com/tack-dev/tack/internal/process"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

type options struct {
	listen, deployment, buildID string
	session                     session.Options
	printBuildID                bool
	calls, perAccount           int
	rateShare                   float64
	windows                     windows.Windows
	keys                        *string
}

func main() {
	log := process.Logger()
	slog.SetDefault(log)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, log, parse())
	stop()
	if err != nil {
		log.Error("worker", "error", err)
		os.Exit(1)
	}
}

func parse() options {
	o := options{windows: windows.Default()}
	flag.StringVar(&o.listen, "listen", "", "address of the health page, such as 127.0.0.1:8081 (empty: none)")
	flag.StringVar(&o.deployment, "deployment", "tack", "name of the Worker Deployment")
	flag.StringVar(&o.buildID, "build-id", "", "version within the deployment (empty: a hash of this program)")
	flag.BoolVar(&o.printBuildID, "print-build-id", false, "print the version and exit")
	flag.StringVar(&o.session.Name, "role-session-name", "tack", "prefix of every role session name, as CloudTrail shows it; the cluster's name follows")
	flag.StringVar(&o.session.ExternalID, "role-external-id", "", "external id for every AssumeRole (empty: none)")
	flag.DurationVar(&o.session.Duration, "role-session-duration", time.Hour, "how long a role session lasts: 15m to 12h, but at most 1h if the worker itself runs as a role")
	flag.Var(&o.session.Roles, "allow-roles", "a role that the worker may assume, as PATTERN or CLUSTER=PATTERN; may be repeated (none: any role). In the pattern, * is any text without / and :, as in arn:aws:iam::*:role/tack")
	flag.Var(&o.session.Endpoints, "allow-endpoints", "an endpoint URL that namespaces may set, as PATTERN or CLUSTER=PATTERN; may be repeated (none: their annotation is rejected). In the pattern, * is any text without / ? # @ :, as in https://*.vpce.amazonaws.com")
	flag.IntVar(&o.calls, "calls", 100, "how many AWS calls may be in flight at a time")
	flag.IntVar(&o.perAccount, "calls-per-account", 0, "how many AWS calls of one account may be in flight (0: half of --calls)")
	flag.Float64Var(&o.rateShare, "rate-share", 1, "how much of AWS's documented rates all workers together use of each API, account and Region: 0.5 leaves half of them to others, 3 is for raised limits (0: no limit, AWS throttles)")
	flag.DurationVar(&o.windows.Resend, "resend-after", o.windows.Resend, "how long to wait after an unclear create before sending it again")
	flag.DurationVar(&o.windows.LookUp, "lookup-window", o.windows.LookUp, "how long to look for the resource of an unclear create, for a kind without a natural key, before the create is sent again")
	flag.DurationVar(&o.windows.Visible, "visible-window", o.windows.Visible, "how long a new resource may stay invisible in AWS before it counts as gone")
	flag.DurationVar(&o.windows.Delay, "delay-window", o.windows.Delay, "how long a request that counts as lost may still reach AWS; Tack looks for a second resource until then")
	o.keys = encryption.Flag(flag.CommandLine)
	flag.Parse()
	return o
}

func run(ctx context.Context, log *slog.Logger, o options) error {
	if o.buildID == "" {
		id, err := ownHash()
		if err != nil {
			return err
		}
		o.buildID = id
	}
	if o.printBuildID {
		fmt.Println(o.buildID)
		return nil
	}
	keys, err := encryption.Load(*o.keys)
	if err != nil {
		return err
	}
	var health process.Health
	if err = health.Serve(ctx, o.listen); err != nil {
		return err
	}
	budgets := budget.New(o.rateShare)
	o.session.Budgets = budgets
	sessions, err := session.New(ctx, o.session)
	if err != nil {
		return err
	}
	temporal, err := process.AwaitTemporal(ctx, log, &health, "worker", keys)
	if err != nil {
		return err
	}
	defer temporal.Close()
	if err = awaitNamespace(ctx, log, &health, temporal); err != nil {
		return err
	}
	orchestrator, caller := newWorkers(temporal, o)
	engine := newEngine(sessions, o)
	for _, kind := range append(ec2.Kinds(), iam.Kinds()...) {
		orchestrator.RegisterWorkflowWithOptions(workflows.Reconcile, workflow.RegisterOptions{
			Name: kind.Name(),
			// Runs are short: each ends on the version that it started on.
			VersioningBehavior: workflow.VersioningBehaviorPinned,
		})
		kind.Register(caller, engine)
		dryrun.Register(caller, sessions.Config, kind)
	}
	orchestrator.RegisterWorkflowWithOptions(workflows.Import, workflow.RegisterOptions{
		Name: resource.WorkflowImport, VersioningBehavior: workflow.VersioningBehaviorPinned,
	})
	orchestrator.RegisterWorkflowWithOptions(workflows.Approve, workflow.RegisterOptions{
		Name: resource.WorkflowApprove, VersioningBehavior: workflow.VersioningBehaviorPinned,
	})
	orchestrator.RegisterWorkflowWithOptions(workflows.Plan, workflow.RegisterOptions{
		Name: resource.WorkflowPlan, VersioningBehavior: workflow.VersioningBehaviorPinned,
	})
	if err := orchestrator.Start(); err != nil {
		return fmt.Errorf("starting to poll for workflows: %w", err)
	}
	defer orchestrator.Stop()
	if budgets != nil {
		joinShare(ctx, log, temporal, budgets)
		go keepShare(ctx, log, temporal, budgets)
	}
	if err := caller.Start(); err != nil {
		return fmt.Errorf("starting to poll for AWS activities: %w", err)
	}
	defer caller.Stop()
	log.Info("polling", "deployment", o.deployment, "buildID", o.buildID, "encrypted", keys.Encrypt())
	health.Ready()
	<-ctx.Done()
	return nil
}

// awaitNamespace waits for the Temporal namespace. A worker that starts without it ends.
func awaitNamespace(ctx context.Context, log *slog.Logger, health *process.Health, temporal client.Client) error {
	err := process.Await(ctx, log, health, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		_, err := temporal.DescribeTaskQueue(ctx, resource.QueueWorkflows, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
		return err
	})
	if _, denied := errors.AsType[*serviceerror.PermissionDenied](err); denied {
		return nil // polling needs other permissions
	}
	if err != nil {
		return fmt.Errorf("asking for the task queue %s: %w", resource.QueueWorkflows, err)
	}
	return nil
}

// newEngine creates the engine that executes the activities. By default one account gets at most
// half of the calls; the rest stays for other accounts.
func newEngine(sessions *session.Sessions, o options) *kind.Engine {
	return &kind.Engine{Sessions: sessions, Windows: o.windows, Turns: fairness.Turns{
		PerAccount: cmp.Or(o.perAccount, (o.calls+1)/2), Budgeted: o.rateShare > 0,
	}}
}

// newWorkers creates one worker for the workflows and one for the AWS calls. On one queue the SDK
// would start activities eagerly, beyond every limit.
func newWorkers(temporal client.Client, o options) (orchestrator, caller worker.Worker) {
	shared := worker.Options{
		DeploymentOptions: worker.DeploymentOptions{
			UseVersioning: true,
			Version:       worker.WorkerDeploymentVersion{DeploymentName: o.deployment, BuildID: o.buildID},
		},
		DisableRegistrationAliasing: true,
		WorkerStopTimeout:           20 * time.Second, // longer than an attempt that changes a resource
	}
	first := shared
	first.StickyScheduleToStartTimeout = workflows.StickyScheduleToStart
	// Each queue has its own pollers. Shared pollers switch to the sticky queue while it has a
	// backlog, and spilled tasks would wait for its end.
	first.WorkflowTaskPollerBehavior = worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{
		// Two pollers would not start a burst's tasks within the second after which they spill.
		InitialNumberOfPollers: 8, MinimumNumberOfPollers: 8, MaximumNumberOfPollers: 16,
	})
	second := shared
	second.DisableEagerActivities = true
	second.DisableWorkflowWorker = true
	second.MaxConcurrentActivityTaskPollers = 8
	// Activities that wait for their turn wait in Temporal, where they need no heartbeats.
	second.MaxConcurrentActivityExecutionSize = o.calls
	// Heartbeats come every second, and their timeout is three seconds: the SDK's default of 80 %
	// leaves too little margin on a busy machine.
	second.MaxHeartbeatThrottleInterval = time.Second
	second.DefaultHeartbeatThrottleInterval = time.Second
	return worker.New(temporal, resource.QueueWorkflows, first), worker.New(temporal, resource.QueueAWS, second)
}

// ownHash returns a hash of the running program: each build is its own version.
func ownHash() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding this program: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading this program: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("reading this program: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}
