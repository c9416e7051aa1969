package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/server/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// TestMain lets the test binary act as the program, for the PostgreSQL server.
func TestMain(m *testing.M) {
	if os.Getenv("TEMPORAL_TEST_PROGRAM") == "" {
		os.Exit(m.Run())
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// startPostgres starts PostgreSQL on the port; the function that it returns kills it.
func startPostgres(t *testing.T, dir string, port int) (kill func()) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "postgres", "--dir", dir, "--port", strconv.Itoa(port))
	cmd.Env = append(os.Environ(), "TEMPORAL_TEST_PROGRAM=1")
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = cmd.Process.Signal(syscall.SIGQUIT) // at once, without a checkpoint
		_ = cmd.Wait()
	}
	t.Cleanup(kill)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			conn.Close()
			return kill
		}
		if time.Now().After(deadline) {
			t.Fatal("PostgreSQL does not listen within a minute")
		}
	}
}

func startServer(t *testing.T, o options) (temporal.Server, workflowservice.WorkflowServiceClient) {
	t.Helper()
	server, err := newServer(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	if err := awaitNamespace(o, time.Minute); err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(net.JoinHostPort(o.ip, strconv.Itoa(o.port)), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return server, workflowservice.NewWorkflowServiceClient(conn)
}

// A workflow that started on PostgreSQL exists after a restart of both servers.
func TestPostgresKeepsWorkflows(t *testing.T) {
	if _, err := findPostgres(); err != nil {
		t.Skip(err)
	}
	// PostgreSQL's user must reach the folder, which t.TempDir reserves for the caller.
	dir, err := os.MkdirTemp("", "tack-postgres")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	ports, err := freePorts("127.0.0.1", 2)
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "postgres")
	o, err := parse([]string{
		"--port", strconv.Itoa(ports[0]), "--headless",
		"--postgres", net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[1])), "--postgres-password", passwordFile(data),
	})
	if err != nil {
		t.Fatal(err)
	}
	kill := startPostgres(t, data, ports[1])
	server, frontend := startServer(t, o)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	started, err := frontend.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
		Namespace: o.namespace, WorkflowId: "kept", RequestId: "1",
		WorkflowType: &commonpb.WorkflowType{Name: "any"}, TaskQueue: &taskqueuepb.TaskQueue{Name: "any"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	kill()
	startPostgres(t, data, ports[1])
	server, frontend = startServer(t, o)
	defer func() { _ = server.Stop() }()
	got, err := frontend.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{
		Namespace: o.namespace, Execution: &commonpb.WorkflowExecution{WorkflowId: "kept"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if id := got.GetWorkflowExecutionInfo().GetExecution().GetRunId(); id != started.GetRunId() {
		t.Errorf("got the run %s after the restart, want %s", id, started.GetRunId())
	}
}
