package stack

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Files of kube-apiserver, below data/kube.
const (
	servingCert       = "serving.crt"
	servingKey        = "serving.key"
	serviceAccountKey = "service-account.key"
	tokenFile         = "tokens.csv"
	bridgeConfig      = "bridge.kubeconfig"
)

// bridgeUser is the bridge's identity: the service account of config/rbac. No
// controller gives out tokens for those here, so it has a static one.
const bridgeUser = "system:serviceaccount:" + SystemNamespace + ":tack-k8sbridge"

// writeCredentials makes what kube-apiserver and its clients need to trust each
// other: a CA that signs the serving certificate and is then forgotten, the key
// for service accounts, and tokens with their kubeconfigs: an administrator's and
// the bridge's.
func writeCredentials(dir, kubeconfig, server string) error {
	ca, cert, key, err := newServingCert()
	if err != nil {
		return fmt.Errorf("making the certificate of kube-apiserver: %w", err)
	}
	accounts, _, err := newKey()
	if err != nil {
		return fmt.Errorf("making the key for service accounts: %w", err)
	}
	admin, bridge := rand.Text(), rand.Text()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		servingCert: cert, servingKey: key, serviceAccountKey: accounts,
		tokenFile: fmt.Appendf(nil, "%s,admin,admin,\"system:masters\"\n%s,%s,bridge,\"system:serviceaccounts\"\n", admin, bridge, bridgeUser),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	if err := writeKubeconfig(filepath.Join(dir, bridgeConfig), server, ca, bridge); err != nil {
		return err
	}
	return writeKubeconfig(kubeconfig, server, ca, admin)
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

// newServingCert returns the CA's certificate, the server's and its key as PEM.
func newServingCert() (ca, cert, key []byte, err error) {
	_, caKey, err := newKey()
	if err != nil {
		return nil, nil, nil, err
	}
	root := certTemplate("tack local CA", 1)
	root.IsCA, root.BasicConstraintsValid, root.KeyUsage = true, true, x509.KeyUsageCertSign
	caDER, err := x509.CreateCertificate(rand.Reader, root, root, &caKey.PublicKey, caKey)
	if err != nil {
		return nil, nil, nil, err
	}
	key, leafKey, err := newKey()
	if err != nil {
		return nil, nil, nil, err
	}
	leaf := certTemplate("kube-apiserver", 2)
	leaf.KeyUsage, leaf.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	leaf.DNSNames, leaf.IPAddresses = []string{"localhost"}, []net.IP{net.ParseIP(loopback)}
	der, err := x509.CreateCertificate(rand.Reader, leaf, root, &leafKey.PublicKey, caKey)
	if err != nil {
		return nil, nil, nil, err
	}
	return encode("CERTIFICATE", caDER), encode("CERTIFICATE", der), key, nil
}

func certTemplate(name string, serial int64) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(10, 0, 0),
	}
}

func newKey() ([]byte, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	return encode("EC PRIVATE KEY", der), key, err
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
