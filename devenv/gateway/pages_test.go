package gateway

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
)

// The gateway paginates the lists that the SDK paginates.
func TestPagedAsAWS(t *testing.T) {
	for service, client := range map[string]reflect.Type{serviceEC2: reflect.TypeFor[*awsec2.Client](), serviceIAM: reflect.TypeFor[*awsiam.Client]()} {
		for method := range client.Methods() {
			if !strings.HasPrefix(method.Name, "Describe") && !strings.HasPrefix(method.Name, "List") || method.Type.NumOut() == 0 {
				continue
			}
			out := method.Type.Out(0).Elem()
			_, token := out.FieldByName("NextToken")
			_, marker := out.FieldByName("Marker")
			if got, want := (&call{service: service, action: method.Name}).paged(), token || marker; got != want {
				t.Errorf("%s has pages: %t, want %t", method.Name, got, want)
			}
		}
	}
}

// listOf returns an answer of AWS with that many items, and its action.
func listOf(service string, items int) (action, body string) {
	rows, row := "", "item"
	action = "DescribeVpcs"
	if service == serviceIAM {
		action, row = "ListRoles", "member"
	}
	for i := range items {
		rows += fmt.Sprintf("<%s><id>x-%d</id></%s>", row, i, row)
	}
	if service == serviceIAM {
		return action, "<ListRolesResponse><ListRolesResult><IsTruncated>false</IsTruncated><Roles>" + rows + "</Roles></ListRolesResult></ListRolesResponse>"
	}
	return action, fmt.Sprintf("<%sResponse><vpcSet>%s</vpcSet><nextToken/></%[1]sResponse>", action, rows)
}

func TestPages(t *testing.T) {
	for _, service := range []string{serviceEC2, serviceIAM} {
		for items, pages := range map[int]int{0: 2, 1: 2, 2: 2, 3: 4, 5: 6} {
			action, list := listOf(service, items)
			lasting := []*activeRule{{spec: Rule{Fault: FaultPages, Items: 2}}}
			token, seen, number := "", 0, 0
			for {
				c := &call{service: service, action: action, form: map[string][]string{"NextToken": {token}, "MaxResults": {"5"}}}
				a := c.takePage(lasting).of(c, &answer{status: http.StatusOK, body: []byte(list)})
				if c.form.Has("NextToken") || c.form.Has("MaxResults") {
					t.Errorf("moto would be asked for a page: %v", c.form)
				}
				rows := len(rowsOf(a.body))
				if number%2 == 0 && rows > 0 || rows > 2 {
					t.Errorf("%s of %d items: page %d has %d", service, items, number, rows)
				}
				seen += rows
				number++
				_, rest, more := strings.Cut(string(a.body), pageToken)
				if truncated := strings.Contains(string(a.body), "<IsTruncated>true</IsTruncated>"); service == serviceIAM && truncated != more {
					t.Errorf("page %d: truncated %t, a marker %t", number, truncated, more)
				}
				if !more {
					break
				}
				token, _, _ = strings.Cut(rest, "<")
				token = pageToken + token
			}
			if seen != items || number != pages {
				t.Errorf("%s: %d items in %d pages, want %d in %d", service, seen, number, items, pages)
			}
		}
	}
}

// A paginated call may get another fault, too. A token stays valid after its rule ends.
func TestPagesComeOnTop(t *testing.T) {
	s := serveFake(t)
	s.rule(t, Rule{Fault: FaultPages, Principal: roleARN}) // another's lists stay whole
	if got := s.call(t, baseKey, serviceEC2, "Action", "DescribeVpcs"); strings.Contains(got.body, pageToken) {
		t.Errorf("a list of a principal that no rule names is %q, want it whole", got.body)
	}
	id := s.rule(t, Rule{Fault: FaultPages, Principal: baseARN})
	s.rule(t, Rule{Action: Actions{"DescribeVpcs"}, Fault: FaultEmptyResponse, Times: 1})
	if got := s.call(t, baseKey, serviceEC2, "Action", "DescribeVpcs"); got.status != http.StatusOK || got.body != "" {
		t.Errorf("got %+v, want 200 without a body", got)
	}
	got := s.call(t, baseKey, serviceEC2, "Action", "DescribeVpcs")
	if !strings.Contains(got.body, pageToken+"1<") {
		t.Errorf("the first page is %q, want it to name the next", got.body)
	}
	if err := s.DeleteRule(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	got = s.call(t, baseKey, serviceEC2, "Action", "DescribeVpcs", "NextToken", pageToken+"1")
	if strings.Contains(got.body, "nextToken") {
		t.Errorf("the page after the rule is %q, want it to be the last", got.body)
	}
	for _, form := range s.moto.forms {
		if form.Has("NextToken") {
			t.Errorf("moto was asked for a page: %v", form)
		}
	}
}
