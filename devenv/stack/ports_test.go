package stack

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFixedPorts(t *testing.T) {
	known := map[string]int{
		Temporal: 7233, temporalUI: 8233, APIServer: 6443, Etcd: 2379, etcdPeer: 2380,
		Gateway: 4566, Moto: 4567, Postgres: 4568, Namespaces: 4569, Bridge: 4570, "worker-1": 4571, "worker-1-next": 4572,
	}
	with := func(name string, port int) map[string]int {
		m := map[string]int{name: port}
		for n, p := range known {
			if n != name {
				m[n] = p
			}
		}
		return m
	}
	tests := map[string]struct {
		options Options
		want    map[string]int // nil: refused
	}{
		"well known": {Options{}, known},
		"one moved":  {Options{Ports: map[string]int{Temporal: 7300}}, with(Temporal, 7300)},
		"from a base": {Options{PortBase: 9000, Ports: map[string]int{Moto: 1}}, map[string]int{
			Etcd: 9000, etcdPeer: 9001, Gateway: 9002, Bridge: 9003, APIServer: 9004, Moto: 1,
			Namespaces: 9006, Postgres: 9007, Temporal: 9008, temporalUI: 9009, "worker-1": 9010, "worker-1-next": 9011,
		}},
		"unknown name": {Options{Ports: map[string]int{"mysql": 1}}, nil},
		"given twice":  {Options{Ports: map[string]int{Temporal: 4566}}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.options.Workers = 1
			got, err := fixedPorts(test.options)
			if (err != nil) != (test.want == nil) {
				t.Fatalf("error is %v", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error("-want +got:\n" + diff)
			}
		})
	}
}

func TestChoosePorts(t *testing.T) {
	before := state{Ports: map[string]int{}}
	for i, name := range PortNames(1) {
		before.Ports[name] = 30000 + i
	}
	got, err := choosePorts(Options{Fixed: true, Workers: 1}, before, true)
	if diff := cmp.Diff(before.Ports, got); err != nil || diff != "" {
		t.Errorf("of a running environment: %v, -want +got:\n%s", err, diff)
	}
	got, err = choosePorts(Options{Fixed: true, Workers: 1}, before, false)
	if err != nil || got[Temporal] != 7233 {
		t.Errorf("of a stopped one with fixed ports: %v (%v)", got, err)
	}
	got, err = choosePorts(Options{Workers: 2}, before, false)
	if err != nil || got[Temporal] != before.Ports[Temporal] || got["worker-2"] == 0 {
		t.Errorf("of a stopped one with free ports and one more worker: %v (%v)", got, err)
	}
}

func TestKeepWorkerPorts(t *testing.T) {
	got := map[string]int{"worker-1": 1, "worker-1-next": 2, "worker-2": 3, "worker-2-next": 4, Moto: 5}
	keepWorkerPorts(got, map[string]int{"worker-1": 2, "worker-1-next": 1, "worker-2": 9, "worker-2-next": 3, Moto: 5})
	want := map[string]int{"worker-1": 2, "worker-1-next": 1, "worker-2": 3, "worker-2-next": 4, Moto: 5}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("-want +got:\n" + diff)
	}
}

func TestReserve(t *testing.T) {
	ports, err := freePorts([]string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	a, b := spec{Name: "a", Ports: []int{ports["a"]}}, spec{Name: "b", Ports: []int{ports["b"]}}
	first, err := reserve([]spec{a})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = reserve([]spec{b, a}); err == nil {
		t.Error("a held port is reserved again")
	}
	first.release(a.Ports...)
	second, err := reserve([]spec{b, a}) // the failed attempt holds nothing
	if err != nil {
		t.Fatal(err)
	}
	second.release(ports["a"], ports["b"])
}

// Up reports a port that a user's own moto occupies before it stops anything. Ports of our own
// parts are no obstacle.
func TestPortsAreCheckedBeforeAnythingStops(t *testing.T) {
	part := newTestPart(t)
	if err := part.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	byHand, err := net.Listen("tcp", address(0))
	if err != nil {
		t.Fatal(err)
	}
	defer byHand.Close()
	taken := byHand.Addr().(*net.TCPAddr).Port
	ours := part.command()
	ours.Version = "rebuilt"
	for name, c := range map[string]struct {
		want  []spec
		taken bool
	}{
		"our own part, with a different spec": {[]spec{ours}, false},
		"a moto started by hand":              {[]spec{ours, {Name: Moto, Ports: []int{taken}}}, true},
	} {
		u := &upping{stack: part.stack, want: c.want, plan: decide(c.want, part.stack.runningSpecs(), true, func(spec) bool { return false })}
		run := u.checkPorts
		if c.taken {
			run = func() error { return u.makeRoom(t.Context()) }
		}
		err := run()
		if c.taken != (err != nil) || c.taken && (!strings.Contains(err.Error(), fmt.Sprintf("starting moto: port %d is taken", taken)) || !strings.Contains(err.Error(), "nothing was stopped")) {
			t.Errorf("%s: %v", name, err)
		}
		if c.taken && part.PID() == 0 {
			t.Errorf("%s: our part was stopped", name)
		}
	}
}
