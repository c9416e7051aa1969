// Command starter does by hand what the bridge does automatically: it wakes the run of one object
// and follows it. It also manages the versions of the workers.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"go.temporal.io/sdk/client"

	"github.com/tack-dev/tack/internal/encryption"
	"github.com/tack-dev/tack/internal/process"
)

const usage = `usage: starter <command>

  reconcile [--cluster NAME] <kind> <namespace>/<name>
        wake the run of one object, such as: reconcile ec2.SecurityGroup team-a/web,
        and follow it step by step to its end
  explain [--cluster NAME] <kind> <namespace>/<name>
        print the account, Region and role for the object's resource, and which
        annotation, key or selector says so, and which of them is missing
  plan -f PATH [-f PATH ...] [--delete] [--dry-run] [--output text|json]
       [--cluster NAME] [--namespace NAME]
        print which AWS calls an apply of these files or folders would make, or their
        deletion, and in which order; "-f -" reads standard input; nothing is written.
        Exit code 0: no call, 1: error, 2: calls. --dry-run asks EC2 for permissions
  import [--dry-run] [--cluster NAME] [--namespace NS] [--output text|json]
        take over the objects that ACK left, of one namespace or of all. --dry-run
        reports which objects, what differs, what would be written, and what needs a
        person, and writes nothing. Exit code 1: an error, or something needs a person
  approve [--cluster NAME] <kind> <namespace>/<name>
        approve the deletion of an object that waits for it, or the replacement of its
        resource; the history of the approval says who ran the command
  deployment [--set-current] [--build-id ID]
        show the versions of the workers; with --set-current make the newest one
        that polls all queues current, and move every open run to it
  codec --payload-keys FILE [--listen ADDRESS] [--origin URL]
        decrypt payloads for the Web UI in a browser on this machine

TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE name the Temporal server and namespace.
If payloads are encrypted, reconcile, explain, plan, import, approve and deployment
also need --payload-keys FILE.
`

// command runs with a connection to Temporal.
type command struct {
	keys encryption.Keys
	do   func(ctx context.Context, c client.Client, out io.Writer) error
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if errors.Is(err, errCalls) {
		os.Exit(2)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) { // package flag has printed the help of a command
		fmt.Fprintln(os.Stderr, "starter:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("no command\n%s", usage)
	}
	var cmd command
	var err error
	switch args[0] {
	case "reconcile":
		cmd, err = parseReconcile(args[1:])
	case "explain":
		cmd, err = parseObject("explain", args[1:], following.explain)
	case "plan":
		cmd, err = parsePlan(args[1:], os.Stdin)
	case "import":
		cmd, err = parseImport(args[1:])
	case "approve":
		cmd, err = parseObject("approve", args[1:], following.approve)
	case "deployment":
		cmd, err = parseDeployment(args[1:])
	case "codec":
		return serveCodec(ctx, args[1:], out)
	case "help", "-h", "-help", "--help":
		_, err = io.WriteString(out, usage)
		return err
	default:
		err = fmt.Errorf("no command %q\n%s", args[0], usage)
	}
	if err != nil {
		return err
	}
	c, err := process.Temporal(ctx, slog.New(slog.DiscardHandler), "starter", cmd.keys)
	if err != nil {
		return err
	}
	defer c.Close()
	return cmd.do(ctx, c, out)
}

// namespace returns the Temporal namespace that the environment names.
func namespace() string {
	if ns := os.Getenv("TEMPORAL_NAMESPACE"); ns != "" {
		return ns
	}
	return client.DefaultNamespace
}
