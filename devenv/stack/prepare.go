package stack

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

// prepare determines what Up has to do, and changes only links.
func prepare(root string, o Options, out *progress) (*upping, error) {
	programs, err := linkBinaries(root, o.Dir)
	if err != nil {
		return nil, err
	}
	version, err := requiredVersion(root, filepath.Join("devenv", "temporal"), "go.temporal.io/server")
	if err != nil {
		return nil, err
	}
	before, err := readState(o.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	s := newStack(root, o.Dir, before, out)
	running := s.runningSpecs()
	ports, err := choosePorts(o, before, len(running) > 0)
	if err != nil {
		return nil, err
	}
	u := &upping{stack: s, starter: programs["starter"]}
	u.layout = layout{dir: o.Dir, ports: ports, program: programs, temporalVersion: version[1:], options: o}
	u.want = u.layout.specs()
	_, err = os.Stat(u.layout.data("kube", auditPolicy)) // older environments have no audit policy
	u.plan = decide(u.want, running, err == nil, func(sp spec) bool {
		return o.NoBridge && sp.Name == Bridge || o.NoWorkers && sp.isWorker()
	})
	return u, nil
}

// choosePorts keeps the ports of a running environment, unless the options set others, and the free
// ports of a stopped one.
func choosePorts(o Options, before state, runs bool) (map[string]int, error) {
	asked := o.PortBase != 0 || len(o.Ports) > 0
	if o.Fixed && (asked || !runs) {
		ports, err := fixedPorts(o)
		if runs {
			keepWorkerPorts(ports, before.Ports)
		}
		return ports, err
	}
	ports := map[string]int{}
	var missing []string
	for _, name := range PortNames(o.Workers) {
		if ports[name] = before.Ports[name]; ports[name] == 0 {
			missing = append(missing, name)
		}
	}
	free, err := freePorts(missing)
	maps.Copy(ports, free)
	return ports, err
}
