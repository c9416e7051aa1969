package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/tack-dev/tack/activities/kubeapi"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// kubectl get shows ACK's columns, the state of the object, the place of its resource, and its age,
// as the API server renders them.
func TestColumns(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	good, bad := team.apply(t, "ec2.VPC", "good", vpcSpec()), team.apply(t, "ec2.VPC", "bad", fields{"cidrBlocks": []any{"10.0.0.0/99"}})
	id := good.awaitSynced(t)
	bad.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "spec.cidrBlocks[0]")

	table := good.tableOf(t)
	var columns []string
	for _, c := range table.ColumnDefinitions {
		name := c.Name
		if c.Priority > 0 {
			name += " (wide)"
		}
		columns = append(columns, name)
	}
	if got, want := strings.Join(columns, ", "), "Name, ID, state, READY, REASON, ACCOUNT, REGION, AGE, MESSAGE (wide)"; got != want {
		t.Errorf("the columns are %s, want %s", got, want)
	}
	rows := map[string][]any{}
	for _, row := range table.Rows {
		rows[fmt.Sprint(row.Cells[0])] = row.Cells
	}
	for name, want := range map[string][]any{"good": {id, "available", "True", nil}, "bad": {nil, nil, "False", "InvalidSpec"}} {
		cells := rows[name]
		if len(cells) != len(columns) {
			t.Fatalf("%s has the cells %v", name, cells)
		}
		for i, w := range want {
			if got := cells[i+1]; got != w && (w != nil || got != "") {
				t.Errorf("%s: %s is %v, want %v", name, columns[i+1], got, w)
			}
		}
		if age := fmt.Sprint(cells[7]); age == "" || strings.HasPrefix(age, "<") {
			t.Errorf("%s: the age is %q", name, age)
		}
	}
	if message := fmt.Sprint(rows["bad"][8]); !strings.Contains(message, "spec.cidrBlocks[0]") {
		t.Errorf("the message is %q", message)
	}
	deleteAll(t, good, bad)
}

// tableOf returns the table of all objects of the object's kind in its namespace, which kubectl get
// requests.
func (o object) tableOf(t *testing.T) (table metav1.Table) {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", w.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	gvr := kubeapi.GVR(o.kind)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		fmt.Sprintf("%s/apis/%s/%s/namespaces/%s/%s", config.Host, gvr.Group, gvr.Version, o.ref.Namespace, gvr.Resource), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &table); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("reading the table: %s: %v: %s", answer.Status, err, body)
	}
	return table
}
