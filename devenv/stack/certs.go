package stack

import (
	"path/filepath"

	"github.com/tack-dev/tack/devenv/kubecreds"
)

// bridgeConfig is the bridge's kubeconfig, below data/kube.
const bridgeConfig = "bridge.kubeconfig"

// writeCredentials creates the credentials of kube-apiserver and its clients: the administrator and
// the bridge each get a kubeconfig.
func writeCredentials(dir, kubeconfig, server string) error {
	credentials, err := kubecreds.New("localhost")
	if err != nil {
		return err
	}
	if err := credentials.WriteServer(dir); err != nil {
		return err
	}
	if err := credentials.WriteKubeconfig(filepath.Join(dir, bridgeConfig), server, credentials.Bridge); err != nil {
		return err
	}
	return credentials.WriteKubeconfig(kubeconfig, server, credentials.Admin)
}
