package e2e

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/history/v1"

	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/internal/encryption"
)

// Keys of the tests, by their role in a rotation.
var (
	oldKey  = "old " + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("o", 32)))
	newKey  = "new " + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("n", 32)))
	allKeys = keysOf(newKey, oldKey)
)

func keysOf(lines ...string) encryption.Keys {
	keys, err := encryption.Parse("the test's keys", []byte(strings.Join(lines, "\n")))
	if err != nil {
		panic(err)
	}
	return keys
}

// confidential returns objects with a marker in a field of their spec.
func confidential() map[string]func(marker string) fields {
	return map[string]func(string) fields{
		"ec2.SecurityGroup": func(marker string) fields {
			spec := groupSpec("confidential", 80)
			spec["description"] = marker
			return spec
		},
		"iam.Policy": func(marker string) fields {
			spec := policySpec("confidential")
			spec["description"] = marker
			return spec
		},
		"ec2.Instance": func(marker string) fields {
			return fields{"imageID": image, "instanceType": "t3.micro", "userData": base64.StdEncoding.EncodeToString([]byte(marker))}
		},
		"ec2.LaunchTemplate": func(marker string) fields {
			return templateSpec(fields{"userData": base64.StdEncoding.EncodeToString([]byte(marker))})
		},
	}
}

// With keys, no part of a spec is in clear in a history, a log or an event. A run that started
// under the old key continues under the new one, and waits where the workers do not have the new
// key yet.
func TestEncrypted(t *testing.T) {
	team := newUnmappedTeam(t)
	marker := "confidential-" + team.account
	t.Cleanup(func() { restartOurs(t, stack.Bridge, "worker-1", "worker-2") })
	before := keyFile(t, oldKey)
	restartOurs(t, stack.Bridge+before, "worker-1"+before, "worker-2"+before)
	var objects []object
	for kind, spec := range confidential() {
		o := team.apply(t, kind, "one", spec(marker))
		o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role is not available")
		objects = append(objects, o)
	}
	// The order is wrong on purpose: the bridge encrypts with a key that the workers do not have.
	after := keyFile(t, newKey, oldKey)
	restartOurs(t, stack.Bridge+after)
	w.mapRole(t, team.account, scenario.RoleIn(team.account))
	for _, o := range objects {
		o.awaitLackOfKey(t)
	}
	restartOurs(t, "worker-1"+after, "worker-2"+after)
	for _, o := range objects {
		o.wantOneCreate(t, o.awaitSynced(t))
	}
	for _, o := range objects {
		if o.ref.Kind == "ec2.Instance" {
			o.changeUserData(t, team, marker+" changed")
		}
		if o.ref.Kind == "ec2.LaunchTemplate" {
			o.patch(t, mergePatch(t, fields{"spec": fields{"data": fields{"userData": base64.StdEncoding.EncodeToString([]byte(marker + " changed"))}}}))
			o.awaitSynced(t)
		}
	}
	o := objects[0]
	printed := starter(t, "reconcile", strings.TrimSpace(after), o.ref.Kind, team.name+"/"+o.ref.Name)
	if want := "compare " + o.ref.String() + " with AWS"; !strings.Contains(printed, want) {
		t.Errorf("the starter does not say %q:\n%s", want, printed)
	}
	for _, o := range objects {
		wantNothingInClear(t, o, marker)
		o.delete(t)
		o.awaitGone(t)
		// Open runs would wait for the keys that the parts are about to lose.
		if err := w.Temporal.GetWorkflow(t.Context(), o.ref.WorkflowID(), "").Get(within(t, soon), nil); err != nil {
			t.Errorf("the last run of %s: %v", o.ref, err)
		}
	}
	wantHistoriesEncrypted(t, team, marker)
}

// keyFile returns the argument that names a file with the keys, to follow the name of a part.
func keyFile(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return " --payload-keys=" + path
}

// restartOurs restarts parts, each with the arguments after its name.
func restartOurs(t *testing.T, commands ...string) {
	t.Helper()
	for _, command := range commands {
		if err := w.Part(strings.Fields(command)[0]).Kill(); err != nil {
			t.Error(err)
		}
	}
	for _, command := range commands {
		words := strings.Fields(command)
		// Not the test's context: the other tests need the part even if this test fails.
		if err := w.Part(words[0]).StartWith(context.Background(), words[1:]...); err != nil {
			t.Error(err)
		}
	}
}

// lacksKey reports whether an event is a workflow task that failed because the worker lacked a key:
// Temporal retries the task.
func lacksKey(event *history.HistoryEvent) bool {
	return strings.Contains(event.GetWorkflowTaskFailedEventAttributes().GetFailure().GetMessage(), "it needs key")
}

// awaitLackOfKey waits until the object's run meets a payload with an unknown key.
func (o object) awaitLackOfKey(t *testing.T) {
	t.Helper()
	ctx := within(t, soon)
	for {
		h, err := w.History(ctx, o.ref.WorkflowID(), "")
		if err == nil && slices.ContainsFunc(h.GetEvents(), lacksKey) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("no workflow task of %s failed because of a missing key: %v\n%s", o.ref, err, w.story(o.ref))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Without keys an object with user data is refused before any call and without its data in the
// history. It goes at once when it is deleted.
func TestUserDataInClear(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct {
		spec func(data string) fields
		path string
	}{
		"ec2.Instance": {func(data string) fields {
			return fields{"imageID": image, "instanceType": "t3.micro", "userData": data}
		}, "spec.userData: "},
		"ec2.LaunchTemplate": {func(data string) fields { return templateSpec(fields{"userData": data}) }, "spec.data.userData: "},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			data := base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\necho confidential-" + team.account))
			o := team.apply(t, kind, "one", test.spec(data))
			o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", test.path)
			o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "--allow-clear-user-data")
			if calls := callsSince(t, team.account, 0); len(calls) > 0 {
				t.Errorf("AWS was called: %q", calls)
			}
			wantNothingInClear(t, o, data)
			h := w.history(t, o.ref.WorkflowID(), "")
			if strings.Contains(bytesOf(t, h), data) {
				t.Error("the history contains the data")
			}
			if claim := o.get(t).GetAnnotations()[level.AnnotationClaim]; claim != "" {
				t.Errorf("it is claimed: %s", claim)
			}
			o.delete(t)
			o.awaitGone(t)
		})
	}
}
