package stack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tack-dev/tack/devenv/kubecreds"
)

// spec describes how a part runs. A part whose spec changes needs a restart.
type spec struct {
	Name    string   `json:"name"`
	Path    string   `json:"path"`
	Args    []string `json:"args,omitempty"`
	Env     []string `json:"env,omitempty"` // beside baseEnv
	Version string   `json:"version"`       // version of the program
	Ports   []int    `json:"ports,omitempty"`
	// Ready is an address to poll until it answers; its scheme is http, https (with the
	// kubeconfig's credentials), tcp or temporal.
	Ready string `json:"ready"`
}

func (s spec) same(other spec) bool {
	a, _ := json.Marshal(s)
	b, _ := json.Marshal(other)
	return bytes.Equal(a, b)
}

func (s spec) isWorker() bool { return strings.HasPrefix(s.Name, "worker-") }

// baseEnv is everything that a part inherits: no AWS_* variable, KUBECONFIG or proxy of the caller
// reaches it.
func baseEnv() []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "USER", "TMPDIR", "TZ", "LANG"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// layout contains the elements of command lines.
type layout struct {
	dir     string            // state folder
	ports   map[string]int    // by the names in PortNames
	program map[string]binary // by the names of the binaries
	// temporalVersion names the database: its schema is never migrated.
	temporalVersion string
	options         Options
}

func (l layout) data(elem ...string) string {
	return filepath.Join(append([]string{l.dir, "data"}, elem...)...)
}

// specs returns all parts in the order in which they start.
func (l layout) specs() []spec {
	specs := []spec{l.etcd(), l.apiserver()}
	if l.options.TemporalDB == onPostgres {
		specs = append(specs, l.postgres())
	}
	specs = append(specs, l.temporal(), l.moto(), l.gateway(), l.namespaces(), l.bridge())
	for n := 1; n <= l.options.Workers; n++ {
		specs = append(specs, l.worker(workerName(n), l.options.WorkerArgs))
	}
	return specs
}

func (l layout) part(name, program, ready string, args ...string) spec {
	b := l.program[program]
	return spec{Name: name, Path: b.path, Version: b.version, Args: args, Ports: []int{l.ports[name]}, Ready: ready}
}

// lessGC is for the servers of other projects. When a thousand objects arrived, garbage collection
// took a tenth of all CPU, which two cores need for other work.
var lessGC = []string{"GOGC=400", "GOMEMLIMIT=1GiB"}

func (l layout) etcd() spec {
	client, peer := "http://"+address(l.ports[Etcd]), "http://"+address(l.ports[etcdPeer])
	s := l.part(Etcd, Etcd, client+"/readyz",
		"--data-dir", l.data("etcd"),
		"--listen-client-urls", client, "--advertise-client-urls", client,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
		"--initial-cluster", "default="+peer,
		// Data that a killed process wrote is still in the page cache, and after a crash of the
		// machine the environment starts from scratch anyway.
		"--unsafe-no-fsync",
		"--log-level", "warn")
	s.Ports = append(s.Ports, l.ports[etcdPeer])
	s.Env = lessGC
	return s
}

func (l layout) apiserver() spec {
	const issuer = "https://kubernetes.default.svc.cluster.local"
	port := l.ports[APIServer]
	s := l.part(APIServer, APIServer, "https://"+address(port)+"/readyz",
		"--bind-address", loopback, "--secure-port", strconv.Itoa(port),
		"--advertise-address", loopback,
		// Nothing here uses the service "kubernetes", and its endpoints may not be loopback
		// addresses.
		"--endpoint-reconciler-type", "none",
		"--service-cluster-ip-range", "10.0.0.0/24",
		"--etcd-servers", "http://"+address(l.ports[Etcd]),
		"--tls-cert-file", l.data("kube", kubecreds.ServingCert), "--tls-private-key-file", l.data("kube", kubecreds.ServingKey),
		"--token-auth-file", l.data("kube", kubecreds.TokenFile),
		"--service-account-issuer", issuer,
		"--service-account-key-file", l.data("kube", kubecreds.ServiceAccountKey),
		"--service-account-signing-key-file", l.data("kube", kubecreds.ServiceAccountKey),
		"--authorization-mode", "RBAC",
		"--audit-policy-file", l.data("kube", auditPolicy), "--audit-log-path", l.data("kube", auditLog), "--audit-log-maxbackup", "1",
		// No complete controller manager runs here. It would create the service account that this
		// admission plugin requires.
		"--disable-admission-plugins", "ServiceAccount",
		// There is one trusted caller: fair queueing would only cost CPU.
		"--enable-priority-and-fairness=false",
		"--profiling=false")
	s.Env = lessGC
	return s
}

func (l layout) temporal() spec {
	port, ui := l.ports[Temporal], l.ports[temporalUI]
	s := l.part(Temporal, Temporal, fmt.Sprintf("temporal://%s?ui=%d", address(port), ui),
		"server", "start-dev", "--ip", loopback,
		"--port", strconv.Itoa(port), "--ui-port", strconv.Itoa(ui),
		"--namespace", TemporalNamespace,
		// The default of both is three minutes, and each change of versions would wait that long.
		"--dynamic-config-value", "matching.wv.VersionDrainageStatusVisibilityGracePeriod=\"3s\"",
		"--dynamic-config-value", "matching.wv.VersionDrainageStatusRefreshInterval=\"3s\"")
	s.Args = append(s.Args, l.temporalDB()...)
	s.Ports = append(s.Ports, ui)
	s.Env = lessGC
	return s
}

func (l layout) moto() spec {
	port := l.ports[Moto]
	s := l.part(Moto, Moto, "http://"+address(port)+"/moto-api/", "-H", loopback, "-p", strconv.Itoa(port))
	if l.options.Fixed || l.options.ManagedPolicies {
		s.Env = []string{"MOTO_IAM_LOAD_MANAGED_POLICIES=true"}
	}
	return s
}

func (l layout) gateway() spec {
	listen := address(l.ports[Gateway])
	return l.part(Gateway, Gateway, "http://"+listen+"/_gateway/healthz",
		"--listen", listen, "--moto", "http://"+address(l.ports[Moto]),
		"--identity", AccessKeyID+"="+WorkerPrincipal,
		"--journal", l.data("gateway", "journal.jsonl"), "--state", l.data("gateway", "state.json"))
}

func (l layout) namespaces() spec {
	listen := address(l.ports[Namespaces])
	return l.part(Namespaces, Namespaces, "http://"+listen+"/", "--kubeconfig", filepath.Join(l.dir, "kubeconfig"), "--listen", listen)
}

func (l layout) bridge() spec {
	listen := address(l.ports[Bridge])
	s := l.part(Bridge, Bridge, "http://"+listen+"/healthz",
		"--kubeconfig", l.data("kube", bridgeConfig), "--cluster", "dev", "--install-id", "dev", "--poke-unsettled=10s",
		"--aws-region", Region, "--system-namespace", SystemNamespace, "--listen", listen)
	s.Args = append(append(s.Args, l.keys()...), l.options.BridgeArgs...)
	s.Env = l.temporalEnv()
	return s
}

func (l layout) worker(name string, extra []string) spec {
	listen := address(l.ports[name])
	s := l.part(name, "worker", "http://"+listen+"/healthz", "--listen", listen,
		// The gateway sends moto one request at a time. More requests would only wait in moto until
		// their senders time out.
		"--calls=32",
		// The gateway throttles only on request. With AWS's documented rates, tests that make a
		// hundred resources in one account would wait. Workers learn from throttles as by default.
		"--rate-share=20")
	s.Args = append(append(s.Args, l.keys()...), extra...)
	s.Env = append(l.temporalEnv(),
		"AWS_ENDPOINT_URL=http://"+address(l.ports[Gateway]),
		"AWS_REGION="+Region,
		"AWS_ACCESS_KEY_ID="+AccessKeyID,
		"AWS_SECRET_ACCESS_KEY="+SecretAccessKey,
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE="+os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
	return s
}

// keysFlag is the flag of our programs for the file of payload keys.
const keysFlag = "--payload-keys="

func (l layout) keys() []string {
	if l.options.PayloadKeys == "" {
		return nil
	}
	return []string{keysFlag + l.options.PayloadKeys}
}

// keys returns the part's arguments for payload keys.
func (s spec) keys() (args []string) {
	for _, arg := range s.Args {
		if strings.HasPrefix(arg, keysFlag) {
			args = append(args, arg)
		}
	}
	return args
}

func (l layout) temporalEnv() []string {
	return []string{"TEMPORAL_ADDRESS=" + address(l.ports[Temporal]), "TEMPORAL_NAMESPACE=" + TemporalNamespace}
}
