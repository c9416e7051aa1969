package stack

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Ports in addition to those named after their part.
const (
	temporalUI = "temporal-ui"
	etcdPeer   = "etcd-peer"
)

const loopback = "127.0.0.1"

func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// wellKnown are the fixed ports; the workers' follow from workerPorts on.
var wellKnown = map[string]int{
	Temporal: 7233, temporalUI: 8233, APIServer: 6443, Etcd: 2379, etcdPeer: 2380,
	Gateway: 4566, Moto: 4567, Postgres: 4568, Bridge: 4570, Namespaces: 4569,
}

const workerPorts = 4571

func workerName(n int) string { return fmt.Sprintf("worker-%d", n) }

// nextPort is where the successor of a worker listens while both run. The two ports swap roles with
// each replacement.
func nextPort(worker string) string { return worker + "-next" }

// PortNames lists the ports of an environment with that many workers.
func PortNames(workers int) []string {
	names := slices.Sorted(maps.Keys(wellKnown))
	for n := 1; n <= workers; n++ {
		names = append(names, workerName(n), nextPort(workerName(n)))
	}
	return names
}

// fixedPorts returns the ports that o asks for.
func fixedPorts(o Options) (map[string]int, error) {
	ports := map[string]int{}
	for i, name := range PortNames(o.Workers) {
		switch known, isKnown := wellKnown[name]; {
		case o.Ports[name] != 0:
			ports[name] = o.Ports[name]
		case o.PortBase != 0:
			ports[name] = o.PortBase + i
		case isKnown:
			ports[name] = known
		default:
			ports[name] = workerPorts + i - len(wellKnown)
		}
	}
	by := map[int]string{}
	for _, name := range PortNames(o.Workers) {
		if other := by[ports[name]]; other != "" {
			return nil, fmt.Errorf("choosing ports: %s and %s would share %d", other, name, ports[name])
		}
		by[ports[name]] = name
	}
	for name := range o.Ports {
		if ports[name] == 0 {
			return nil, fmt.Errorf("choosing ports: no part listens on %q; there are %s", name, strings.Join(PortNames(o.Workers), ", "))
		}
	}
	return ports, nil
}

// The ports of environments without fixed ones. They are below the ports that Linux assigns to
// outgoing connections (32768 to 60999). Such a connection could otherwise take a port between its
// choice and its use.
const (
	firstFree = 16000
	lastFree  = 32000
)

// freePorts returns a free port for each name. The ports are random, so that environments that
// start together rarely collide.
func freePorts(names []string) (map[string]int, error) {
	ports := map[string]int{}
	var held []net.Listener
	defer func() {
		for _, l := range held {
			l.Close()
		}
	}()
	for _, name := range names {
		l, err := listenFree()
		if err != nil {
			return nil, fmt.Errorf("finding a free port for %s: %w", name, err)
		}
		held = append(held, l)
		ports[name] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

func listenFree() (l net.Listener, err error) {
	for range 100 {
		port := firstFree + rand.IntN(lastFree-firstFree)
		if l, err = net.Listen("tcp", address(port)); err == nil {
			return l, nil
		}
	}
	return nil, err
}

// keepWorkerPorts gives workers back the port, out of their two, that they used before.
func keepWorkerPorts(ports, before map[string]int) {
	for name, port := range ports {
		next := nextPort(name)
		if ports[next] != 0 && before[next] == port && before[name] == ports[next] {
			ports[name], ports[next] = ports[next], port
		}
	}
}

// reservation holds ports until their parts start. No other process gets them in the meantime, and
// Up detects a taken port before it starts anything.
type reservation struct {
	mu   sync.Mutex
	held map[int]net.Listener
}

// reserve listens on the ports of all specs, or reports every taken port.
func reserve(specs []spec) (*reservation, error) {
	r := &reservation{held: map[int]net.Listener{}}
	var taken []error
	for _, s := range specs {
		for _, port := range s.Ports {
			l, err := net.Listen("tcp", address(port))
			if err != nil {
				taken = append(taken, portTaken(s.Name, port, err))
				continue
			}
			r.held[port] = l
		}
	}
	if len(taken) > 0 {
		r.release(slices.Collect(maps.Keys(r.held))...)
		return nil, fmt.Errorf("%w\nstop the process that listens there, or choose other ports: --port-base N or TACK_PORT_BASE=N", errors.Join(taken...))
	}
	return r, nil
}

// checkPorts reports, before anything stops, parts that could not start afterwards because another
// process uses their port. An example is a moto that a user started. Ports of our own running parts
// become free when they stop.
func (u *upping) checkPorts() error {
	ours := map[int]bool{}
	for _, running := range u.stack.runningSpecs() {
		for _, port := range running.Ports {
			ours[port] = true
		}
	}
	var free []spec
	for _, w := range u.want {
		if u.plan.act[w.Name] == leave {
			continue
		}
		w.Ports = slices.DeleteFunc(slices.Clone(w.Ports), func(port int) bool { return ours[port] })
		free = append(free, w)
	}
	held, err := reserve(free)
	if err != nil {
		return fmt.Errorf("%w; nothing was stopped", err)
	}
	held.release(slices.Collect(maps.Keys(held.held))...)
	return nil
}

func (r *reservation) release(ports ...int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, port := range ports {
		if l := r.held[port]; l != nil {
			l.Close()
			delete(r.held, port)
		}
	}
}

func portTaken(part string, port int, err error) error {
	owner := portOwner(port)
	if owner == "" {
		return fmt.Errorf("starting %s: port %d cannot be used: %w", part, port, err)
	}
	return fmt.Errorf("starting %s: port %d is taken by %s", part, port, owner)
}
