// Command kubecerts creates the credentials of the kube-apiserver in docker-compose.yaml and of its
// clients, unless they are complete.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tack-dev/tack/devenv/kubecreds"
)

type options struct {
	pki, clients, bridge string
	server, hostServer   string
	owner                int
}

func main() {
	var o options
	flag.StringVar(&o.pki, "pki", "", "folder for the server's files")
	flag.StringVar(&o.clients, "clients", "", "folder for two kubeconfigs of an administrator")
	flag.StringVar(&o.bridge, "bridge", "", "folder for a kubeconfig with the bridge's permissions in config/rbac")
	flag.StringVar(&o.server, "server", "", "address of kube-apiserver for containers")
	flag.StringVar(&o.hostServer, "host-server", "", "its address for the host")
	flag.IntVar(&o.owner, "owner", os.Getuid(), "user and group id that own all files")
	flag.Parse()
	if err := o.create(); err != nil {
		fmt.Fprintln(os.Stderr, "kubecerts:", err)
		os.Exit(1)
	}
}

func (o options) create() error {
	last := filepath.Join(o.bridge, "kubeconfig")
	if _, err := os.Stat(last); err == nil {
		fmt.Println("the certificates already exist")
		return nil
	}
	credentials, err := kubecreds.New("kube-apiserver", "localhost")
	if err != nil {
		return err
	}
	err = errors.Join(
		credentials.WriteServer(o.pki),
		os.WriteFile(filepath.Join(o.pki, "ca.crt"), credentials.Chain, 0o600),
		credentials.WriteKubeconfig(filepath.Join(o.clients, "host.kubeconfig"), o.hostServer, credentials.Admin),
		credentials.WriteKubeconfig(filepath.Join(o.clients, "kubeconfig"), o.server, credentials.Admin),
	)
	if err != nil {
		return err
	}
	// Its last file is written last: an interrupted run starts over.
	unfinished := last + ".new"
	if err := credentials.WriteKubeconfig(unfinished, o.server, credentials.Bridge); err != nil {
		return err
	}
	if err := o.give(); err != nil {
		return err
	}
	return os.Rename(unfinished, last)
}

// give gives the folders and their files to the owner.
func (o options) give() error {
	for _, dir := range []string{o.pki, o.clients, o.bridge} {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			return fmt.Errorf("listing %s: %w", dir, err)
		}
		for _, path := range append(files, dir) {
			if err := os.Chown(path, o.owner, o.owner); err != nil {
				return err
			}
		}
	}
	return nil
}
