// Command k8sbridge connects one Kubernetes cluster with Temporal. A change in the cluster wakes
// the object's workflow, and the bridge hosts the activities that read and write the cluster. It
// has no AWS credentials.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.temporal.io/sdk/worker"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/internal/encryption"
	"github.com/tack-dev/tack/internal/process"
	"github.com/tack-dev/tack/k8sbridge/ackflags"
	"github.com/tack-dev/tack/resource"
)

type options struct {
	kubeconfig, listen string
	settings           level.Settings
	every              time.Duration
	keys               *string
	clear              bool
	exportSecrets      bool
	deletionPolicy     string
}

func main() {
	log := process.Logger()
	slog.SetDefault(log)
	o := parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, log, o)
	stop()
	if err != nil {
		log.Error("k8sbridge", "error", err)
		os.Exit(1)
	}
}

func parse() (o options) {
	flag.StringVar(&o.kubeconfig, "kubeconfig", "", "path of a kubeconfig (empty: that of the pod)")
	flag.StringVar(&o.listen, "listen", "", "address of the health page, such as 127.0.0.1:8082 (empty: none)")
	flag.StringVar(&o.settings.Cluster, "cluster", "", "name of the cluster, unique in the Temporal namespace; required")
	flag.StringVar(&o.settings.Install, "install-id", "", "id of this installation in tags and tokens; required; never change it")
	flag.StringVar(&o.settings.DefaultAccount, "default-account-id", "", "account of namespaces without the annotation for it (empty: their objects wait)")
	flag.StringVar(&o.settings.DefaultRegion, "aws-region", "", "Region of objects if neither the object nor its namespace names one")
	flag.StringVar(&o.settings.SystemNamespace, "system-namespace", corev1alpha1.SystemNamespace, "namespace of the role map")
	flag.StringVar(&o.deletionPolicy, "deletion-policy", corev1alpha1.DeletionPolicyDelete,
		"what the deletion of an object does with its resource, if neither the object nor its namespace says it: delete or retain")
	flag.Var(&o.settings.DefaultTags, "resource-tags", "tags of every resource, as key=value,key=value; may be repeated (not set: services.k8s.aws/namespace and services.k8s.aws/controller-version). A value may contain "+
		"%CONTROLLER_SERVICE%, %CONTROLLER_VERSION%, %K8S_NAMESPACE%, %K8S_RESOURCE_NAME%, %K8S_RESOURCE_KIND%, %MANAGED_BY% and %KRO_VERSION%")
	flag.DurationVar(&o.every, "poke-unsettled", time.Minute, "how often to wake objects that are not settled and have no open run (0: never)")
	flag.Func("approve", "what waits for an approval, by starter approve or an annotation: delete, replace, or both with a comma (not set: only what an object or its namespace asks for)", func(list string) (err error) {
		o.settings.Approvals, err = level.ApprovalsIn(list)
		return err
	})
	crossNamespace := flag.Bool("enable-cross-namespace", true, "let references name objects of other namespaces")
	flag.BoolVar(&o.clear, "allow-clear-user-data", false, "without --payload-keys, accept objects with user data. Their histories then hold it in clear text, for everyone who may read the Temporal namespace")
	flag.BoolVar(&o.exportSecrets, "export-secrets", false, "let FieldExports write keys of Secrets; the bridge then needs the rights in config/rbac-optional/export-secrets.yaml")
	o.keys = encryption.Flag(flag.CommandLine)
	if err := ackflags.Check(os.Args[1:], flag.CommandLine); err != nil {
		fmt.Fprintln(os.Stderr, "k8sbridge:", err)
		os.Exit(2) // as package flag does for an unknown flag
	}
	flag.Parse()
	o.settings.OwnNamespaceOnly = !*crossNamespace
	return o
}

func (o options) validate() error {
	switch {
	case o.settings.Cluster == "":
		return fmt.Errorf("--cluster is missing: set the name of this cluster, unique in the Temporal namespace")
	case o.settings.Install == "":
		return fmt.Errorf("--install-id is missing: set an id of this installation, which stays the same and goes into the tags of every resource")
	case !resource.IsPart(o.settings.Cluster):
		return fmt.Errorf("--cluster: %q cannot name a cluster: %s", o.settings.Cluster, resource.PartRule)
	case !resource.IsPart(o.settings.Install):
		return fmt.Errorf("--install-id: %q cannot be the id of an installation: %s", o.settings.Install, resource.PartRule)
	case o.settings.DefaultAccount != "" && !level.IsAccount(o.settings.DefaultAccount):
		return fmt.Errorf("--default-account-id: %q is not an account id: set its twelve digits, or remove the flag", o.settings.DefaultAccount)
	case o.deletionPolicy != corev1alpha1.DeletionPolicyDelete && o.deletionPolicy != corev1alpha1.DeletionPolicyRetain:
		return fmt.Errorf("--deletion-policy: %q is not a deletion policy: set delete or retain, in lower case, or remove the flag", o.deletionPolicy)
	}
	return nil
}

func run(ctx context.Context, log *slog.Logger, o options) error {
	if err := o.validate(); err != nil {
		return err
	}
	keys, err := encryption.Load(*o.keys)
	if err != nil {
		return err
	}
	o.settings.Secrets = keys.Encrypt() || o.clear
	o.settings.Retain = o.deletionPolicy == corev1alpha1.DeletionPolicyRetain
	o.settings.Clock = &level.Clock{}
	var health process.Health
	if err = health.Serve(ctx, o.listen); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", o.kubeconfig)
	if err != nil {
		return fmt.Errorf("reading the kubeconfig %q: %w", o.kubeconfig, err)
	}
	config.QPS = -1 // the API server's own priority and fairness is the limit
	dynamicClient, err := dynamic.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("making a Kubernetes client: %w", err)
	}
	outlines, err := metadata.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("making a Kubernetes client: %w", err)
	}
	if err = awaitCluster(ctx, log, &health, dynamicClient, &o.settings); err != nil {
		return err
	}
	temporal, err := process.AwaitTemporal(ctx, log, &health, "k8sbridge "+o.settings.Cluster, keys)
	if err != nil {
		return err
	}
	defer temporal.Close()
	if err = awaitAttributes(ctx, log, &health, temporal, os.Getenv("TEMPORAL_NAMESPACE")); err != nil {
		return err
	}
	bridge, err := newBridge(ctx, temporal, dynamicClient, outlines, o.settings, log)
	if err != nil {
		return err
	}
	bridge.every, bridge.secrets = o.every, o.exportSecrets
	host, err := bridge.startHost(config)
	if err != nil {
		return err
	}
	defer host.Stop()
	health.Waiting("listing the cluster")
	health.Degraded(func() []string { return append(bridge.watches.failing(), bridge.targets.failing()...) })
	if err := bridge.start(ctx); err != nil {
		return err
	}
	log.Info("watching", "cluster", o.settings.Cluster, "install", o.settings.Install, "encrypted", keys.Encrypt(), "userDataTaken", o.settings.Secrets)
	health.Ready()
	<-ctx.Done()
	bridge.stop()
	return nil
}

// awaitCluster waits for the API server, which may start later, and identifies the cluster. An API
// server that has just started refuses every request for a moment.
func awaitCluster(ctx context.Context, log *slog.Logger, health *process.Health, client dynamic.Interface, s *level.Settings) error {
	always := func(error) bool { return true }
	return process.AwaitServer(ctx, log, health, "the API server", always, func(ctx context.Context) error { return identify(ctx, client, s) })
}

// identify reads the identity of the cluster: the uid of kube-system never changes.
func identify(ctx context.Context, client dynamic.Interface, s *level.Settings) error {
	system, err := kubeapi.Live{Client: client}.Get(ctx, kubeapi.Namespaces, "", metav1.NamespaceSystem)
	if err != nil {
		return fmt.Errorf("reading the cluster's identity, the namespace %s: %w", metav1.NamespaceSystem, err)
	}
	s.ClusterUID = string(system.GetUID())
	return nil
}

// startHost starts the worker for the cluster's activities. It is not versioned, because runs of
// every version of the workflow call it.
func (b *bridge) startHost(config *rest.Config) (worker.Worker, error) {
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a Kubernetes client: %w", err)
	}
	broadcaster := record.NewBroadcaster()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: typed.CoreV1().Events("")})
	recorder := broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "tack"})
	queue := resource.QueueKube(b.settings.Cluster)
	host := worker.New(b.temporal, queue, worker.Options{
		DisableWorkflowWorker:            true,
		DisableRegistrationAliasing:      true,
		MaxConcurrentActivityTaskPollers: 8,
	})
	b.host = kube.New(b.client, b.settings, recorder, b.referrers)
	b.host.Register(host)
	if err := host.Start(); err != nil {
		return nil, fmt.Errorf("starting to poll %s: %w", queue, err)
	}
	return host, nil
}
