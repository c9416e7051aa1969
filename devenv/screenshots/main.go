// Command screenshots takes the pictures of docs/images from the Web UI of the local
// environment, with headless Chromium: see `make screenshots`.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/tack-dev/tack/devenv/stack"
)

// picture is one page of the Web UI: that of the latest run that a query finds.
type picture struct {
	file  string
	query string // of Temporal's visibility
	page  string // of the run: "history", "timeline", …
	size  string // of the window in pixels: "width,height"
}

var pictures = []picture{
	{"run.png", `WorkflowType = "ec2.SecurityGroup" AND TackState = "Synced" AND HistoryLength > 30`, "timeline", "1900,1100"},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dir := flag.String("dir", ".tack/dev", "state folder of the environment, below the repository root")
	out := flag.String("out", filepath.Join("docs", "images"), "folder for the pictures")
	browser := flag.String("browser", "chromium", "Chromium, or a browser that takes its flags")
	flag.Parse()
	env, err := stack.Load(*dir)
	if err != nil {
		return fmt.Errorf("finding the environment in %s: %w; run `make demo` first", *dir, err)
	}
	temporal, err := env.DialTemporal(ctx)
	if err != nil {
		return err
	}
	defer temporal.Close()
	for _, p := range pictures {
		path, err := latest(ctx, temporal, p.query)
		if err != nil {
			return fmt.Errorf("taking %s: %w", p.file, err)
		}
		file := filepath.Join(*out, p.file)
		if err := shoot(ctx, *browser, env.TemporalUI+path+"/"+p.page, file, p.size); err != nil {
			return fmt.Errorf("taking %s: %w", p.file, err)
		}
		fmt.Println(file)
	}
	return nil
}

// latest returns the Web UI's path of the newest run that the query finds.
func latest(ctx context.Context, c client.Client, query string) (string, error) {
	found, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: query, PageSize: 1})
	if err != nil {
		return "", fmt.Errorf("looking for a run: %w", err)
	}
	if len(found.GetExecutions()) == 0 {
		return "", fmt.Errorf("no run matches %s: run `make demo` first", query)
	}
	run := found.GetExecutions()[0].GetExecution()
	return "/namespaces/" + stack.TemporalNamespace + "/workflows/" + url.PathEscape(run.GetWorkflowId()) + "/" + run.GetRunId(), nil
}

// shoot lets the browser render a page and write it as PNG. The page gets its content
// from Temporal, so the browser waits some seconds.
func shoot(ctx context.Context, browser, page, file, size string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	profile, err := os.MkdirTemp("", "screenshots")
	if err != nil {
		return fmt.Errorf("making a profile: %w", err)
	}
	defer func() { _ = os.RemoveAll(profile) }() // an error needs no action: the system cleans its temporary folder
	absolute, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("finding %s: %w", file, err)
	}
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+profile,
		"--window-size="+size, "--virtual-time-budget=20000", "--screenshot="+absolute, page)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("running %s: %w\n%s", browser, err, said)
	}
	return nil
}
