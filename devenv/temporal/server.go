package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// dynamicConfig overrides Temporal's defaults. Fairness is off by default, and works only within
// one partition.
var dynamicConfig = map[string]any{
	"matching.numTaskqueueReadPartitions":  1,
	"matching.numTaskqueueWritePartitions": 1,
	"matching.enableFairness":              true,
	"frontend.namespaceRPS.visibility":     100,
}

// oneShard overrides Temporal's defaults for a server with one history shard. With many shards,
// each one would poll and acknowledge this often.
//
//   - By default, the shard reads its transfer queue 20 times a second, which adds
//     about 45 ms to every task.
//   - By default, finished tasks stay in memory for 30 s, and each read scans them.
var oneShard = map[string]any{
	"history.transferProcessorMaxPollRPS":          100,
	"history.timerProcessorMaxPollRPS":             100,
	"history.visibilityProcessorMaxPollRPS":        5,
	"history.transferProcessorUpdateAckInterval":   time.Second,
	"history.timerProcessorUpdateAckInterval":      time.Second,
	"history.visibilityProcessorUpdateAckInterval": time.Second,
}

// stores are the databases of a server, and its number of history shards.
type stores struct {
	main, visibility *config.SQL
	shards           int32
}

// prepareStores makes the databases ready for a server.
func prepareStores(o options) (stores, error) {
	if o.postgres != "" {
		s, err := postgresStores(o)
		if err != nil {
			return stores{}, err
		}
		return s, preparePostgres(o, s)
	}
	sql := sqlConfig(o)
	return stores{main: sql, visibility: sql, shards: 1}, prepare(o, sql)
}

func newServer(o options) (temporal.Server, error) {
	s, err := prepareStores(o)
	if err != nil {
		return nil, fmt.Errorf("preparing the database %s: %w", o.database(), err)
	}
	cfg, err := serverConfig(o, s)
	if err != nil {
		return nil, err
	}
	values := dynamicconfig.StaticClient{}
	layers := []map[string]any{dynamicConfig, o.dynamicConfig}
	if s.shards == 1 {
		layers = []map[string]any{dynamicConfig, oneShard, o.dynamicConfig}
	}
	for _, settings := range layers {
		for key, value := range settings {
			values[dynamicconfig.MakeKey(key)] = value
		}
	}
	logger := log.NewZapLogger(log.BuildZapLogger(log.Config{Stdout: true, Level: o.logLevel, Format: o.logFormat}))
	return temporal.NewServer(
		temporal.WithConfig(cfg),
		temporal.ForServices(temporal.DefaultServices),
		// There is one process. A membership ring would wait for members that an
		// earlier, killed process left in the database.
		temporal.WithStaticHosts(hosts(o.ip, cfg.Services)),
		temporal.WithLogger(logger),
		// The server allows every caller. It listens on loopback only.
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
		temporal.WithDynamicConfigClient(values),
	)
}

func sqlConfig(o options) *config.SQL {
	attributes := map[string]string{"mode": "rwc"}
	name := o.dbFilename
	if name == "" {
		attributes, name = map[string]string{"mode": "memory", "cache": "shared"}, "temporal"
	}
	// The plugin uses every attribute that is not one of its parameters as a pragma.
	maps.Copy(attributes, o.pragmas)
	return &config.SQL{PluginName: sqliteplugin.PluginName, DatabaseName: name, ConnectAttributes: attributes}
}

// prepare creates the schema in a new file, and the namespace with its search
// attributes if it is missing. It never migrates a file, so the name of the file
// should contain the server's version.
func prepare(o options, sql *config.SQL) error {
	if _, err := os.Stat(o.dbFilename); o.dbFilename != "" && errors.Is(err, fs.ErrNotExist) {
		if err := sqlite.SetupSchema(sql); err != nil {
			return err
		}
	}
	ns, err := sqlite.NewNamespaceConfig("active", o.namespace, false, o.searchAttributes)
	if err != nil {
		return err
	}
	return sqlite.CreateNamespaces(sql, ns)
}

func serverConfig(o options, s stores) (*config.Config, error) {
	ports, err := freePorts(o.ip, 8)
	if err != nil {
		return nil, err
	}
	service := func(grpc, membership int) config.Service {
		return config.Service{RPC: config.RPC{GRPCPort: grpc, MembershipPort: membership, BindOnIP: o.ip}}
	}
	frontend := net.JoinHostPort(o.ip, strconv.Itoa(o.port))
	off := config.ArchivalNamespaceDefaults{
		History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
		Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
	}
	return &config.Config{
		Global: config.Global{
			Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: o.ip},
			PProf:      config.PProf{Port: ports[7], Host: o.ip},
		},
		Persistence: config.Persistence{
			DefaultStore: "main", VisibilityStore: "visibility", NumHistoryShards: s.shards,
			DataStores: map[string]config.DataStore{"main": {SQL: s.main}, "visibility": {SQL: s.visibility}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10, MasterClusterName: "active", CurrentClusterName: "active",
			ClusterInformation: map[string]cluster.ClusterInformation{
				"active": {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			string(primitives.FrontendService): service(o.port, ports[0]),
			string(primitives.HistoryService):  service(ports[1], ports[2]),
			string(primitives.MatchingService): service(ports[3], ports[4]),
			string(primitives.WorkerService):   service(ports[5], ports[6]),
		},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		PublicClient:      config.PublicClient{HostPort: frontend},
		NamespaceDefaults: config.NamespaceDefaults{Archival: off},
	}, nil
}

func hosts(ip string, services map[string]config.Service) map[primitives.ServiceName]static.Hosts {
	all := map[primitives.ServiceName]static.Hosts{}
	for name, service := range services {
		self := net.JoinHostPort(ip, strconv.Itoa(service.RPC.GRPCPort))
		all[primitives.ServiceName(name)] = static.Hosts{All: []string{self}, Self: self}
	}
	// The frontend's own clients look it up by this name.
	all[primitives.InternalFrontendService] = all[primitives.FrontendService]
	return all
}

// freePorts returns n distinct free ports on ip. It keeps all listeners open until
// the end, because the kernel could otherwise return one port twice.
func freePorts(ip string, n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", net.JoinHostPort(ip, "0"))
		if err != nil {
			return nil, fmt.Errorf("finding a free port on %s: %w", ip, err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

func awaitNamespace(o options, limit time.Duration) error {
	conn, err := grpc.NewClient(net.JoinHostPort(o.ip, strconv.Itoa(o.port)), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	frontend := workflowservice.NewWorkflowServiceClient(conn)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for {
		_, err := frontend.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: o.namespace})
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for namespace %q: %w", o.namespace, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func newUI(o options) *server.Server {
	return server.NewServer(server_options.WithConfigProvider(&uiconfig.Config{
		TemporalGRPCAddress: net.JoinHostPort(o.ip, strconv.Itoa(o.port)),
		Host:                o.ip,
		Port:                o.uiPort,
		EnableUI:            true,
		DefaultNamespace:    o.namespace,
		DisableNewsFetch:    true,
		HideLogs:            true,
		CORS:                uiconfig.CORS{CookieInsecure: true},
	}))
}
