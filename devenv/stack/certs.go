package stack

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
)

// Files of kube-apiserver, below data/kube.
const (
	servingCert       = "serving.crt"
	servingKey        = "serving.key"
	serviceAccountKey = "service-account.key"
	tokenFile         = "tokens.csv"
	bridgeConfig      = "bridge.kubeconfig"
)

// bridgeUser is the bridge's identity: the service account of config/rbac. No controller here
// issues tokens for service accounts, so it has a static token.
const bridgeUser = "system:serviceaccount:" + SystemNamespace + ":tack-k8sbridge"

// writeCredentials creates the credentials of kube-apiserver and its clients. They are a serving
// certificate with its CA, valid for a year, and the key for service accounts. The administrator
// and the bridge each get a token with a kubeconfig.
func writeCredentials(dir, kubeconfig, server string) error {
	chain, key, err := cert.GenerateSelfSignedCertKey("localhost", []net.IP{net.ParseIP(loopback)}, nil)
	if err != nil {
		return fmt.Errorf("creating the certificate of kube-apiserver: %w", err)
	}
	accounts, err := keyutil.MakeEllipticPrivateKeyPEM()
	if err != nil {
		return fmt.Errorf("making the key for service accounts: %w", err)
	}
	admin, bridge := rand.Text(), rand.Text()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		servingCert: chain, servingKey: key, serviceAccountKey: accounts,
		tokenFile: fmt.Appendf(nil, "%s,admin,admin,\"system:masters\"\n%s,%s,bridge,\"system:serviceaccounts\"\n", admin, bridge, bridgeUser),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	if err := writeKubeconfig(filepath.Join(dir, bridgeConfig), server, chain, bridge); err != nil {
		return err
	}
	return writeKubeconfig(kubeconfig, server, chain, admin)
}

func writeKubeconfig(path, server string, ca []byte, token string) error {
	config := clientcmdapi.NewConfig()
	config.Clusters["tack"] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: ca}
	config.AuthInfos["user"] = &clientcmdapi.AuthInfo{Token: token}
	config.Contexts["tack"] = &clientcmdapi.Context{Cluster: "tack", AuthInfo: "user"}
	config.CurrentContext = "tack"
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
