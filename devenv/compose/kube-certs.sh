#!/bin/sh
# Creates the credentials of kube-apiserver and its clients, unless they are complete.
# PKI gets the server's files: a serving certificate with its CA, whose key is not kept,
# the key for service accounts, and the tokens. CLIENTS gets two kubeconfigs of an
# administrator: one for containers (SERVER), one for the host (HOST_SERVER). BRIDGE gets
# one with the bridge's permissions in config/rbac. OWNER is the user id that owns all
# files.
set -eu
umask 077

if [ -s "$PKI/tokens.csv" ] && [ -s "$CLIENTS/kubeconfig" ] && [ -s "$BRIDGE/kubeconfig" ]; then
	echo "the certificates already exist"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

# sign <key> <name> <extensions> <how to sign ...> writes a certificate to stdout
sign() {
	subject_key=$1 name=$2 extensions=$3
	shift 3
	printf '%s\n' "$extensions" >"$work/extensions"
	openssl req -new -key "$subject_key" -subj "/CN=$name" -out "$work/request"
	openssl x509 -req -sha256 -days 3650 -in "$work/request" -extfile "$work/extensions" "$@"
}

key "$work/ca.key"
sign "$work/ca.key" "tack local CA" "basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign" -signkey "$work/ca.key" >"$work/ca.crt"
key "$PKI/serving.key"
sign "$PKI/serving.key" kube-apiserver "keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=DNS:kube-apiserver,DNS:localhost,IP:127.0.0.1" \
	-CA "$work/ca.crt" -CAkey "$work/ca.key" -set_serial 2 >"$PKI/serving.crt"
key "$PKI/service-account.key"
cp "$work/ca.crt" "$PKI/ca.crt"
admin=$(openssl rand -hex 16)
bridge=$(openssl rand -hex 16)

# kubeconfig <server> <token>
kubeconfig() {
	cat <<END
apiVersion: v1
kind: Config
current-context: tack
clusters:
  - name: tack
    cluster:
      server: $1
      certificate-authority-data: $(base64 <"$work/ca.crt" | tr -d '\n')
users:
  - name: user
    user:
      token: $2
contexts:
  - name: tack
    context: {cluster: tack, user: user}
END
}

kubeconfig "$HOST_SERVER" "$admin" >"$CLIENTS/host.kubeconfig"
kubeconfig "$SERVER" "$admin" >"$CLIENTS/kubeconfig"
kubeconfig "$SERVER" "$bridge" >"$BRIDGE/kubeconfig"
cat >"$PKI/tokens.csv" <<END
$admin,admin,admin,"system:masters"
$bridge,system:serviceaccount:ack-system:tack-k8sbridge,bridge,"system:serviceaccounts"
END
chown -R "$OWNER" "$PKI" "$CLIENTS" "$BRIDGE"
