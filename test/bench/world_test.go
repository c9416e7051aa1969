package bench

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"testing"
	"time"

	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
)

var w *scenario.World

func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" {
		fmt.Println("this package has only benchmarks: run them with make bench")
		return
	}
	code, err := run(m)
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

// run starts an environment like `make up`, with the windows and timeouts of production, on free
// ports. If TACK_ENVIRONMENT names a running environment, run uses that one and leaves it running,
// so that a developer can inspect it.
func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	dir := os.Getenv("TACK_ENVIRONMENT")
	s, err := stack.Up(ctx, stack.Options{Dir: dir, Out: os.Stdout})
	if err != nil {
		return 1, err
	}
	if dir == "" {
		defer func() {
			if downErr := s.Down(ctx); err == nil {
				err = downErr
			}
		}()
	}
	if w, err = scenario.Connect(ctx, s); err != nil {
		return 1, err
	}
	defer w.Temporal.Close()
	code = m.Run()
	printFigures(os.Stdout)
	return code, nil
}

// team is a namespace in its own account, with a watch of its groups. Everything in the account
// belongs to the benchmark.
type team struct {
	scenario.Team
	groups *groups
}

func newTeam(b *testing.B) *team {
	b.Helper()
	account := scenario.NewAccount()
	t := &team{Team: scenario.Team{Namespace: "bench-" + account, Account: account}}
	mapRole(b, account, scenario.RoleIn(account))
	if err := w.MakeTeam(b.Context(), t.Team, nil); err != nil {
		b.Fatal(err)
	}
	t.groups = watchGroups(b, t.Namespace)
	return t
}

func mapRole(b *testing.B, account string, role any) {
	b.Helper()
	if err := w.MapRoles(b.Context(), fields{account: role}); err != nil {
		b.Fatal(err)
	}
}

// warm creates and removes a group, so that both workers have the account's credentials and every
// cache is filled.
func (t *team) warm(b *testing.B) {
	b.Helper()
	names := namesOf("warm", 6)
	t.createAll(b, names)
	t.deleteAll(b, names)
}

// within limits a wait; a longer wait is a failure.
func within(b *testing.B, d time.Duration) context.Context {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), d)
	b.Cleanup(cancel)
	return ctx
}
