package compose

// mutation is a mistake in the compose file, and the expected message.
type mutation struct{ name, from, to, service, problem string }

var mutations = []mutation{
	{"unknown flag of the bridge", "--install-id=dev", "--installation=dev", "k8sbridge", "k8sbridge has no flag --installation"},
	{"unknown flag of the worker", `["--listen=0.0.0.0:4571", "--calls=32"]`, `["--listen=0.0.0.0:4571", "--threads=4"]`, "worker", "worker has no flag --threads"},
	{"unknown flag of the gateway", "--journal=", "--diary=", "gateway", "gateway has no flag --diary"},
	{"unknown flag of the starter", `"--set-current"`, `"--make-current"`, "deployment", "starter deployment has no flag --make-current"},
	{"unknown flag of etcd", "--data-dir=", "--datadir=", "etcd", "etcd has no flag --datadir"},
	{"unknown flag of kube-apiserver", "--secure-port=", "--insecure-port=", "kube-apiserver", "kube-apiserver has no flag --insecure-port"},
	{"unknown flag of kubectl", "--server-side", "--serverside", "crds", "kubectl apply has no flag --serverside"},
	{"unknown flag of moto", `["-H", `, `["-B", `, "moto", "tack_moto has no flag --B"},
	{"unknown command of the starter", `["deployment", `, `["deploy", `, "deployment", `has no command "deploy"`},
	{"argument of the worker", `["--listen=0.0.0.0:4571", "--calls=32"]`, `["serve", "--listen=0.0.0.0:4571"]`, "worker", `accepts no argument "serve"`},
	{"unknown target", "target: starter", "target: starters", "deployment", `no target "starters"`},
	{"image without version", "temporalio/ui:2.54.1", "temporalio/ui", "temporal-ui", "not pinned"},
	{"other version of the server", "temporalio/server:1.32.1", "temporalio/server:1.31.2", "temporal", "not the version v1.32.1"},

	{"wrong port in a health check", "127.0.0.1:4570/healthz", "127.0.0.1:4571/healthz", "k8sbridge", "uses port 4571, but it listens on 4570"},
	{"wrong port in PostgreSQL's health check", `"-p", "5432"`, `"-p", "5433"`, "postgresql", "uses port 5433"},
	{"port without a listener", "127.0.0.1:8233:8080", "127.0.0.1:8233:8081", "temporal-ui", "publishes port 8081"},
	{"port published twice", "127.0.0.1:8233:8080", "127.0.0.1:7233:8080", "temporal-ui", "also published by temporal"},
	{"port open to others", "127.0.0.1:6443:6443", "6443:6443", "kube-apiserver", "bind it to 127.0.0.1"},
	{"wrong port of another service", "http://moto:4567", "http://moto:5000", "gateway", "moto listens on 4567"},
	{"address of no service", "http://etcd:2379\n      - --tls", "http://etcd-0:2379\n      - --tls", "kube-apiserver", "etcd-0, which is not a service"},
	{"missing dependency", "\n      gateway: {condition: service_healthy}", "", "worker", "names gateway, for which it does not wait"},
	{"dependency on the start only", "worker: {condition: service_healthy}", "worker: {condition: service_started}", "deployment", "does not set a condition for its wait for worker"},
	{"wait for the health of a job", "temporal-schema: {condition: service_completed_successfully}", "temporal-schema: {condition: service_healthy}", "temporal", "has no health check"},

	{"missing file", "./devenv/compose/dynamicconfig.yaml", "./devenv/compose/dynamic.yaml", "temporal", "devenv/compose/dynamic.yaml, which does not exist"},
	{"missing script", "./devenv/compose/temporal-namespace.sh", "./devenv/compose/namespace.sh", "temporal-namespace", "devenv/compose/namespace.sh, which does not exist"},
	{"file of the host", "./config/crd:", "/etc:", "crds", "not in the repository"},
	{"writable mount", "system-namespace.yaml:ro", "system-namespace.yaml", "crds", "mount it read-only"},
	{"path that is not mounted", "--kubeconfig=/bridge/kubeconfig\n      - --cluster", "--kubeconfig=/cube/kubeconfig\n      - --cluster", "k8sbridge", "where nothing is mounted"},

	{"variable that no program reads", "TEMPORAL_ADDRESS: temporal:7233\n      TEMPORAL_NAMESPACE: default\n      AWS", "TEMPORAL_HOST: temporal:7233\n      TEMPORAL_NAMESPACE: default\n      AWS", "worker", "reads the variable TEMPORAL_HOST"},
	{"variable that the server does not read", "NUM_HISTORY_SHARDS:", "HISTORY_SHARDS:", "temporal", "reads the variable HISTORY_SHARDS"},
	{"variable that the Web UI does not read", "TEMPORAL_DISABLE_NEWS_FETCH:", "TEMPORAL_NEWS:", "temporal-ui", "reads the variable TEMPORAL_NEWS"},
	{"variable that a script does not read", "RETENTION:", "RETAIN:", "temporal-namespace", "reads the variable RETAIN"},
	{"AWS variable on the bridge", "TEMPORAL_NAMESPACE: default\n    volumes:\n      - bridge-kubeconfig", "TEMPORAL_NAMESPACE: default\n      AWS_REGION: us-west-2\n    volumes:\n      - bridge-kubeconfig", "k8sbridge", "must not get AWS_REGION"},
	{"kubeconfig on the worker", "    deploy:\n", "    volumes:\n      - kubeconfig:/kube:ro\n    deploy:\n", "worker", "must not get the volume kubeconfig"},
}
