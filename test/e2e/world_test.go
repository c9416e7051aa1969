package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tack-dev/tack/activities/aws/session"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
)

// Windows short enough for tests: see windows.Windows for their meaning. They keep the important
// order: an attempt ends (15 s) before Tack sends a request again, so such a test takes its time.
var workerArgs = []string{
	"--resend-after=16s", "--lookup-window=17s", "--visible-window=" + visibleWindow.String(), "--delay-window=10s",
	"--role-external-id=" + externalID,
	"--allow-roles=dev=arn:aws:iam::*:role/tack*", "--allow-roles=dev=arn:aws:iam::*:role/tack/*", "--allow-endpoints=http://127.0.0.1:*",
	"--allow-roles=next=arn:aws:iam::*:role/tack*", "--allow-roles=far=arn:aws:iam::*:role/tack*", // other clusters of tests
}

const visibleWindow = 4 * time.Second

// externalID is the external id in every AssumeRole of the workers.
const externalID = "of-the-tests"

// world is the environment that all tests share.
type world struct {
	*scenario.World
	sessions *session.Sessions
}

var w *world

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		fmt.Println("the end-to-end tests need servers: skipped with -short")
		return
	}
	code, err := run(m)
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

// run starts the environment, or uses the one in TACK_ENVIRONMENT, which keeps running: for work on
// a test.
func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	dir := os.Getenv("TACK_ENVIRONMENT")
	s, err := stack.Up(ctx, stack.Options{Dir: dir, WorkerArgs: workerArgs, Out: os.Stdout})
	if err != nil {
		return 1, err
	}
	if dir == "" {
		defer func() {
			keepLogs(s, code)
			if downErr := s.Down(ctx); err == nil {
				err = downErr
			}
		}()
	}
	if w, err = connect(ctx, s); err != nil {
		return 1, err
	}
	defer w.Temporal.Close()
	if err := w.MapRoles(ctx, nil); err != nil {
		return 1, err
	}
	if code = m.Run(); code == 0 {
		err = errors.Join(w.checkTheRest(ctx), w.checkSystemTags(ctx), w.checkPermissions(ctx), w.checkLogs(), w.checkGrants())
	}
	return code, err
}

func connect(ctx context.Context, s *stack.Stack) (*world, error) {
	clients, err := scenario.Connect(ctx, s)
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": s.GatewayURL, "AWS_REGION": stack.Region,
		"AWS_ACCESS_KEY_ID": stack.AccessKeyID, "AWS_SECRET_ACCESS_KEY": stack.SecretAccessKey,
	} {
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	sessions, err := session.New(ctx, session.Options{Name: ownSession})
	if err != nil {
		return nil, err
	}
	return &world{World: clients, sessions: sessions}, nil
}

// keepLogs copies the logs of a failed run to a place that outlives the next run.
func keepLogs(s *stack.Stack, code int) {
	root, err := stack.Root()
	if err != nil || code == 0 {
		return
	}
	kept := filepath.Join(root, ".tack", "failed", time.Now().Format("20060102-150405"))
	if err := os.CopyFS(kept, os.DirFS(s.LogDir)); err == nil {
		fmt.Println("logs stored in", kept)
	}
}

// testRoleIn returns the role of the tests themselves in an account: it distinguishes their calls
// in the journal from Tack's.
func testRoleIn(account string) string { return "arn:aws:iam::" + account + ":role/test" }

// within returns the test's context, ending after d.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
