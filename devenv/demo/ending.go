package main

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"time"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
)

// showTable checks every object once more and prints a table.
func (s *story) showTable(ctx context.Context) error {
	rows := [][]string{{"OBJECT", "ACCOUNT", "ID IN AWS", "SYNCED", "ACCEPTED CREATES"}}
	for _, o := range s.objects {
		u, err := o.awaitSynced(ctx)
		if err != nil {
			return err
		}
		if err = s.wantOneCreate(ctx, o); err != nil {
			return err
		}
		synced := fmt.Sprint(scenario.Condition(u, corev1alpha1.ConditionTypeResourceSynced)["status"])
		// The other columns show the rest of an ARN.
		id := o.id[strings.LastIndex(o.id, ":")+1:]
		rows = append(rows, []string{o.Ref.String(), o.team.Account, id, synced, "1"})
	}
	lines := columns(rows)
	s.out.print(lines[:1])
	for i, line := range lines[1:] {
		s.out.print([]string{line, "     " + s.workflowPage(s.objects[i])})
	}
	if err := s.revive(ctx); err != nil {
		return fmt.Errorf("starting the killed worker again: %w", err)
	}
	s.out.say("%s runs again, as process %d. The environment is complete and keeps running.", s.killed.Name(), s.killed.PID())
	return nil
}

// workflowPage returns the address of an object's workflow page in the Web UI.
func (s *story) workflowPage(o *object) string {
	return fmt.Sprintf("%s/namespaces/%s/workflows/%s", s.TemporalUI, stack.TemporalNamespace, url.PathEscape(o.Ref.WorkflowID()))
}

// sayGoodbye prints what to read and what to try.
func (s *story) sayGoodbye(took time.Duration) {
	s.out.heading(fmt.Sprintf("Finished in %s, all of it checked. Now it is your turn", seconds(took)))
	kubectl := "kubectl"
	if _, err := exec.LookPath(kubectl); err != nil {
		kubectl = ".tack/bin/kubectl" // stack.Up builds it where the machine has no kubectl
	}
	temporal := ""
	if s.TemporalAddress != "127.0.0.1:7233" {
		temporal = "TEMPORAL_ADDRESS=" + s.TemporalAddress + " "
	}
	s.out.print(columns([][]string{
		{"Web UI: every run, every step", s.TemporalUI},
		{"use this Kubernetes", "export KUBECONFIG=" + s.Kubeconfig},
		{"see the objects", kubectl + " get vpcs,securitygroups,policies -A"},
		{"remove a rule (ping)", kubectl + " patch securitygroup web -n " + s.a.Namespace + " --type json \\"},
		{"", `  -p '[{"op": "remove", "path": "/spec/ingressRules/4"}]'`},
		{"follow a run by hand", temporal + ".tack/bin/starter reconcile SecurityGroup " + s.a.Namespace + "/web"},
		{"stop everything", "make down"},
	}))
}
