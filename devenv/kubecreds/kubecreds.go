// Package kubecreds creates the credentials of a kube-apiserver for development, and of its clients.
package kubecreds

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

// Files of kube-apiserver.
const (
	ServingCert       = "serving.crt"
	ServingKey        = "serving.key"
	ServiceAccountKey = "service-account.key"
	TokenFile         = "tokens.csv"
)

// BridgeUser is the bridge's identity: the service account of config/rbac. No controller here
// issues tokens for service accounts, so it has a static token.
const BridgeUser = "system:serviceaccount:ack-system:tack-k8sbridge"

// Credentials are a serving certificate with its CA, the key for service accounts, and a token each
// for the administrator and the bridge. The certificate is valid for a year.
type Credentials struct {
	Chain         []byte // PEM: the serving certificate and its CA
	Admin, Bridge string // tokens

	key, accounts []byte
}

// New creates credentials. The certificate is valid for the loopback address and these names.
func New(name string, others ...string) (Credentials, error) {
	chain, key, err := cert.GenerateSelfSignedCertKey(name, []net.IP{net.IPv4(127, 0, 0, 1)}, others)
	if err != nil {
		return Credentials{}, fmt.Errorf("creating the certificate of kube-apiserver: %w", err)
	}
	accounts, err := keyutil.MakeEllipticPrivateKeyPEM()
	if err != nil {
		return Credentials{}, fmt.Errorf("making the key for service accounts: %w", err)
	}
	return Credentials{Chain: chain, Admin: rand.Text(), Bridge: rand.Text(), key: key, accounts: accounts}, nil
}

// WriteServer writes the files of kube-apiserver to a folder.
func (c Credentials) WriteServer(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		ServingCert: c.Chain, ServingKey: c.key, ServiceAccountKey: c.accounts,
		TokenFile: fmt.Appendf(nil, "%s,admin,admin,\"system:masters\"\n%s,%s,bridge,\"system:serviceaccounts\"\n", c.Admin, c.Bridge, BridgeUser),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// WriteKubeconfig writes a kubeconfig with the server's address and a token.
func (c Credentials) WriteKubeconfig(path, server, token string) error {
	config := clientcmdapi.NewConfig()
	config.Clusters["tack"] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: c.Chain}
	config.AuthInfos["user"] = &clientcmdapi.AuthInfo{Token: token}
	config.Contexts["tack"] = &clientcmdapi.Context{Cluster: "tack", AuthInfo: "user"}
	config.CurrentContext = "tack"
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
