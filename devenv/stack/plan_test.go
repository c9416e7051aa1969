package stack

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every program that reads payloads gets the file of payload keys as an argument; no other part
// does.
func TestPayloadKeys(t *testing.T) {
	ports := map[string]int{}
	for _, name := range PortNames(1) {
		ports[name] = 1
	}
	for path, want := range map[string][]string{"": nil, "/keys": {"--payload-keys=/keys"}} {
		l := layout{ports: ports, options: Options{Workers: 1, PayloadKeys: path}}
		for _, s := range l.specs() {
			ours := want
			if s.Name != Bridge && !s.isWorker() {
				ours = nil
			}
			if diff := cmp.Diff(ours, s.keys()); diff != "" {
				t.Errorf("keys %q: arguments of %s (-want +got):\n%s", path, s.Name, diff)
			}
		}
	}
}

// AWS's own policies exist in the environment that people work with. The environments of tests have
// them on request.
func TestManagedPolicies(t *testing.T) {
	for name, c := range map[string]struct {
		options Options
		want    []string
	}{
		"a test's":           {Options{}, nil},
		"a test's that asks": {Options{ManagedPolicies: true}, []string{"MOTO_IAM_LOAD_MANAGED_POLICIES=true"}},
		"make up":            {Options{Fixed: true}, []string{"MOTO_IAM_LOAD_MANAGED_POLICIES=true"}},
	} {
		if diff := cmp.Diff(c.want, layout{options: c.options}.moto().Env); diff != "" {
			t.Errorf("%s: moto's environment (-want +got):\n%s", name, diff)
		}
	}
}

// PostgreSQL is a part before Temporal if the options ask for it. Temporal has one database only.
func TestTemporalDB(t *testing.T) {
	for db, want := range map[string][]string{onSQLite: {Temporal}, onPostgres: {Postgres, Temporal}} {
		var got []string
		for _, s := range (layout{dir: "/env", options: Options{TemporalDB: db}}).specs() {
			if s.Name == Postgres || s.Name == Temporal {
				got = append(got, s.Name)
			}
			if s.Name == Temporal && slices.Contains(s.Args, "--postgres") == slices.Contains(s.Args, "--db-filename") {
				t.Errorf("%s: got both or no database in %q", db, s.Args)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: parts (-want +got):\n%s", db, diff)
		}
	}
}

func TestDecide(t *testing.T) {
	names := []string{Etcd, Temporal, Moto, Bridge, "worker-1"}
	want := make([]spec, len(names))
	for i, name := range names {
		want[i] = spec{Name: name, Version: "1"}
	}
	type specs = map[string]spec
	as := func(version string, names ...string) specs {
		m := specs{}
		for _, name := range names {
			m[name] = spec{Name: name, Version: version}
		}
		return m
	}
	with := func(m specs, more specs) specs {
		maps.Copy(m, more)
		return m
	}
	all := func(a action) map[string]action {
		m := map[string]action{}
		for _, name := range names {
			m[name] = a
		}
		return m
	}
	but := func(m map[string]action, name string, a action) map[string]action {
		m[name] = a
		return m
	}
	tests := map[string]struct {
		running specs
		noData  bool
		fresh   string // a part of the reason
		act     map[string]action
		surplus []string
	}{
		"first start":                {noData: true, fresh: "no data", act: all(start)},
		"everything runs":            {running: as("1", names...), act: all(leave)},
		"after a crash":              {fresh: "moto does not run", act: all(start)},
		"moto died":                  {running: as("1", Etcd, Temporal, Bridge, "worker-1"), fresh: "moto does not run", act: all(start)},
		"etcd died":                  {running: as("1", Temporal, Moto, Bridge, "worker-1"), act: but(all(leave), Etcd, start)},
		"worker rebuilt":             {running: with(as("1", names...), as("0", "worker-1")), act: but(all(leave), "worker-1", replace)},
		"bridge rebuilt":             {running: with(as("1", names...), as("0", Bridge)), act: but(all(leave), Bridge, restart)},
		"another Temporal":           {running: with(as("1", names...), as("0", Temporal)), fresh: "temporal must run", act: all(start)},
		"one worker more than asked": {running: with(as("1", names...), as("1", "worker-2")), act: all(leave), surplus: []string{"worker-2"}},
		"interrupted replace":        {running: with(as("1", names...), as("0", "worker-1.old")), act: all(leave), surplus: []string{"worker-1.old"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := decide(want, test.running, !test.noData, func(spec) bool { return false })
			if (got.fresh == "") != (test.fresh == "") || !strings.Contains(got.fresh, test.fresh) {
				t.Errorf("fresh is %q, want %q", got.fresh, test.fresh)
			}
			if diff := cmp.Diff(test.act, got.act); diff != "" {
				t.Error("-want +got:\n" + diff)
			}
			if diff := cmp.Diff(test.surplus, got.surplus); diff != "" {
				t.Error("surplus -want +got:\n" + diff)
			}
		})
	}
	got := decide(want, nil, false, func(s spec) bool { return s.Name == Bridge })
	if diff := cmp.Diff(but(all(start), Bridge, leave), got.act); diff != "" {
		t.Error("a part that the caller starts, -want +got:\n" + diff)
	}
}
