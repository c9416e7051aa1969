// Command worker runs the workflows and the AWS activities. It needs Temporal,
// and AWS credentials that may do nothing but assume roles; it has no access to
// Kubernetes.
package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/activities"
	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/activities/session"
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
	windows                     activities.Windows
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
	o := options{windows: activities.DefaultWindows()}
	flag.StringVar(&o.listen, "listen", "", "address of the health page, such as 127.0.0.1:8081 (empty: none)")
	flag.StringVar(&o.deployment, "deployment", "tack", "name of the Worker Deployment")
	flag.StringVar(&o.buildID, "build-id", "", "version within the deployment (empty: a hash of this program)")
	flag.BoolVar(&o.printBuildID, "print-build-id", false, "print the version and exit")
	flag.StringVar(&o.session.Name, "role-session-name", "tack", "what the name of every role session begins with, as CloudTrail shows it; the cluster's name follows")
	flag.StringVar(&o.session.ExternalID, "role-external-id", "", "external id to give with every AssumeRole (empty: none)")
	flag.DurationVar(&o.session.Duration, "role-session-duration", time.Hour, "how long a role session lasts: 15m to 12h, but an hour at the most where the worker itself is a role")
	flag.Var(&o.session.Roles, "allow-roles", "a role that may be assumed, as PATTERN or CLUSTER=PATTERN, with * for any text without / and :, such as arn:aws:iam::*:role/tack; may be repeated (none: any role)")
	flag.Var(&o.session.Endpoints, "allow-endpoints", "an endpoint URL that namespaces may name, as PATTERN or CLUSTER=PATTERN, with * for any text without / ? # @ :, such as https://*.vpce.amazonaws.com; may be repeated (none: their annotation is refused)")
	flag.IntVar(&o.calls, "calls", 100, "how many AWS calls may be under way at a time")
	flag.IntVar(&o.perAccount, "calls-per-account", 0, "how many of them may be one account's (0: half)")
	flag.DurationVar(&o.windows.Resend, "resend-after", o.windows.Resend, "how long after an unclear create no earlier sender can be alive")
	flag.DurationVar(&o.windows.LookUp, "lookup-window", o.windows.LookUp, "how long an unclear create of a kind without natural key is looked for before it is sent again")
	flag.DurationVar(&o.windows.Visible, "visible-window", o.windows.Visible, "how long a new resource may stay out of sight before it counts as gone")
	flag.DurationVar(&o.windows.Late, "late-window", o.windows.Late, "how long a request that was given up for lost may still reach AWS: a second resource is looked for until then")
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
	sessions, err := session.New(ctx, o.session)
	if err != nil {
		return err
	}
	temporal, err := process.AwaitTemporal(ctx, log, &health, "worker", keys)
	if err != nil {
		return err
	}
	defer temporal.Close()
	orchestrator, caller := newWorkers(temporal, o)
	engine := newEngine(sessions, o)
	for _, kind := range append(ec2.Kinds(), iam.Kinds()...) {
		orchestrator.RegisterWorkflowWithOptions(workflows.Reconcile, workflow.RegisterOptions{
			Name: kind.Name(),
			// Runs are short: each ends on the version that it began on.
			VersioningBehavior: workflow.VersioningBehaviorPinned,
		})
		kind.Register(caller, engine)
	}
	if err := orchestrator.Start(); err != nil {
		return fmt.Errorf("starting to poll for workflows: %w", err)
	}
	defer orchestrator.Stop()
	if err := caller.Start(); err != nil {
		return fmt.Errorf("starting to poll for AWS activities: %w", err)
	}
	defer caller.Stop()
	log.Info("polling", "deployment", o.deployment, "buildID", o.buildID, "encrypted", keys.Encrypt())
	health.Ready()
	<-ctx.Done()
	return nil
}

// newEngine makes what carries the activities out. One account has half of the
// calls at the most, unless told otherwise: the rest stays for the others.
func newEngine(sessions *session.Sessions, o options) *activities.Engine {
	return &activities.Engine{Sessions: sessions, Windows: o.windows, Turns: session.Turns{PerAccount: cmp.Or(o.perAccount, (o.calls+1)/2)}}
}

// newWorkers makes the worker for the workflows and the one for AWS calls: on
// one queue the SDK would hand activities out eagerly, past every limit.
func newWorkers(temporal client.Client, o options) (orchestrator, caller worker.Worker) {
	shared := worker.Options{
		DeploymentOptions: worker.DeploymentOptions{
			UseVersioning: true,
			Version:       worker.WorkerDeploymentVersion{DeploymentName: o.deployment, BuildID: o.buildID},
		},
		DisableRegistrationAliasing: true,
		WorkerStopTimeout:           20 * time.Second, // longer than an attempt that changes something
	}
	first := shared
	first.StickyScheduleToStartTimeout = workflows.StickyScheduleToStart
	// Pollers of their own for either queue: those that serve both turn to the
	// sticky one while it has a backlog, and what it spilled waits for its end.
	first.WorkflowTaskPollerBehavior = worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{
		// Two would not start a burst's tasks within the second after which they spill.
		InitialNumberOfPollers: 8, MinimumNumberOfPollers: 8, MaximumNumberOfPollers: 16,
	})
	second := shared
	second.DisableEagerActivities = true
	second.DisableWorkflowWorker = true
	second.MaxConcurrentActivityTaskPollers = 8
	// What waits for its turn waits in Temporal, where it needs no heartbeats.
	second.MaxConcurrentActivityExecutionSize = o.calls
	// Heartbeats come every second, and their time-out is three: the SDK's own
	// 80 % would leave too little on a busy machine.
	second.MaxHeartbeatThrottleInterval = time.Second
	second.DefaultHeartbeatThrottleInterval = time.Second
	return worker.New(temporal, resource.QueueWorkflows, first), worker.New(temporal, resource.QueueAWS, second)
}

// ownHash is a hash of the running program: another build is another version.
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
