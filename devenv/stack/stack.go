// Package stack builds, starts and stops the local environment, each part as its own process on
// loopback. The parts are Temporal, etcd, kube-apiserver, moto behind the gateway, the bridge
// and the workers. The demo, the end-to-end tests and `make up` share it. An environment lives
// in one folder:
//
//	state.json   ports and command lines    kubeconfig   for kubectl and clients
//	run/         one pid file per part      log/         one log per part, appended to
//	bin/         links to the binaries      data/        etcd, Temporal, the gateway's journal
//
// moto keeps AWS only in memory, so data never outlives moto: whenever moto starts, the environment
// starts from scratch.
package stack

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Names of the parts; workers are "worker-1", "worker-2" and so on.
const (
	Etcd      = "etcd"
	APIServer = "kube-apiserver"
	// Postgres is the server of Temporal's databases, if the options ask for it.
	Postgres = "postgres"
	Temporal = "temporal"
	Moto     = "moto"
	Gateway  = "gateway"
	Bridge   = "k8sbridge"
	// Namespaces is the part of kube-controller-manager that empties namespaces.
	Namespaces = "namespaces"
)

// Settings of the environment; tests may rely on these.
const (
	TemporalNamespace = "default"
	SystemNamespace   = "ack-system"
	Region            = "us-west-2"
	AccessKeyID       = "AKIATACKWORKER000001"
	SecretAccessKey   = "secret"
	WorkerPrincipal   = "arn:aws:iam::999999999999:user/tack-worker"
)

// Options describe the environment that Up creates.
type Options struct {
	// Dir is the state folder; a relative path lies below the repository root. Default: .tack/dev
	// if Fixed, else .tack/test-<pid>.
	Dir string
	// Fixed sets the well-known ports and an environment that outlives this process. Otherwise the
	// ports are free ones and the environment belongs to this process: after the process has died,
	// the next Up beside it cleans up.
	Fixed bool
	// PortBase, if not 0, moves the fixed ports to PortBase, PortBase+1, ...
	PortBase int
	// Ports overrides single ports, by the names in PortNames.
	Ports map[string]int
	// Workers is the number of workers; default 2.
	Workers int
	// NoBridge and NoWorkers leave the start of these parts to the caller. Without workers no
	// version becomes current: see Stack.SetCurrent.
	NoBridge, NoWorkers bool
	// BridgeArgs and WorkerArgs are appended to the command lines.
	BridgeArgs, WorkerArgs []string
	// PayloadKeys is the absolute path of the key file with which bridge, workers and starter
	// encrypt payloads; empty: clear text.
	PayloadKeys string
	// ManagedPolicies adds AWS's own policies, such as arn:aws:iam::aws:policy/ReadOnlyAccess. A
	// fixed environment always has them. For tests, which use many accounts, they cost 0.1 s and 5
	// MB per account.
	ManagedPolicies bool
	// TemporalDB is "sqlite" or "postgres", where Temporal keeps its data; default: the environment
	// variable TACK_TEMPORAL_DB, else sqlite.
	TemporalDB string
	// Out receives the lines of progress; nil drops them.
	Out io.Writer
}

// ReadPortBase sets PortBase to the environment variable TACK_PORT_BASE, if it is set.
func (o *Options) ReadPortBase() (err error) {
	if base := os.Getenv("TACK_PORT_BASE"); base != "" {
		if o.PortBase, err = strconv.Atoi(base); err != nil {
			return fmt.Errorf("reading TACK_PORT_BASE: %w", err)
		}
	}
	return nil
}

func (o Options) withDefaults(root string) Options {
	if o.Dir == "" {
		o.Dir = filepath.Join(".tack", "dev")
		if !o.Fixed {
			o.Dir = filepath.Join(".tack", fmt.Sprintf("test-%d", os.Getpid()))
		}
	}
	o.Dir = below(root, o.Dir)
	if o.Workers == 0 {
		o.Workers = 2
	}
	if o.TemporalDB == "" {
		o.TemporalDB = cmp.Or(os.Getenv("TACK_TEMPORAL_DB"), onSQLite)
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	return o
}

// Stack is a running environment.
type Stack struct {
	Dir             string // state folder
	Kubeconfig      string // path; its user may do everything
	TemporalAddress string // host:port
	TemporalUI      string // URL
	GatewayURL      string // the AWS endpoint
	Journal         string // the gateway's journal file
	LogDir          string

	root string
	out  *progress

	mu    sync.Mutex // guards the fields below
	state state
	parts map[string]*Part
}

// Load returns the environment in dir that another process created.
func Load(dir string) (*Stack, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	dir = below(root, dir)
	st, err := readState(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("loading the environment in %s: there is none, start one with `make up`: %w", dir, fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	return newStack(root, dir, st, newProgress(io.Discard)), nil
}

// Report sends lines of progress to out from now on; after Load they are dropped.
func (s *Stack) Report(out io.Writer) { s.out = newProgress(out) }

func newStack(root, dir string, st state, out *progress) *Stack {
	s := &Stack{Dir: dir, root: root, out: out, state: st}
	s.Kubeconfig = filepath.Join(dir, "kubeconfig")
	s.LogDir = filepath.Join(dir, "log")
	s.Journal = filepath.Join(dir, "data", "gateway", "journal.jsonl")
	s.refresh()
	return s
}

// refresh derives addresses and parts from the state.
func (s *Stack) refresh() {
	s.TemporalAddress = address(s.state.Ports[Temporal])
	s.TemporalUI = "http://" + address(s.state.Ports[temporalUI])
	s.GatewayURL = "http://" + address(s.state.Ports[Gateway])
	parts := map[string]*Part{}
	for _, spec := range s.state.Specs {
		p := s.parts[spec.Name]
		if p == nil {
			p = &Part{stack: s, name: spec.Name}
		}
		p.spec = spec
		parts[spec.Name] = p
	}
	s.parts = parts
}

// Part returns the part called name, running or not, or nil if there is none.
func (s *Stack) Part(name string) *Part {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parts[name]
}

// Parts returns all parts in the order in which they start.
func (s *Stack) Parts() []*Part {
	s.mu.Lock()
	defer s.mu.Unlock()
	var parts []*Part
	for _, spec := range s.state.Specs {
		parts = append(parts, s.parts[spec.Name])
	}
	return parts
}

// update changes the state and stores it.
func (s *Stack) update(change func(*state)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.state)
	s.refresh()
	return s.state.write(s.Dir)
}

var moduleLine = regexp.MustCompile(`(?m)^module github\.com/tack-dev/tack$`)

// Root returns the root of the repository that contains the working directory.
func Root() (string, error) {
	wd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the repository root: %w", err)
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && moduleLine.MatchString(strings.ReplaceAll(string(mod), "\r", "")) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("finding the repository root: no go.mod of github.com/tack-dev/tack in %s or above", wd)
		}
	}
}

func below(root, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(root, path)
}
