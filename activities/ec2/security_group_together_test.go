package ec2

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/tack-dev/tack/activities/aws/sharing"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// manyGroups answers for any number of groups, each with one rule, by id or by owner.
type manyGroups struct {
	mu    sync.Mutex
	asked []string
}

func (m *manyGroups) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	time.Sleep(5 * time.Millisecond) // as on a network
	action := r.Form.Get("Action")
	m.mu.Lock()
	m.asked = append(m.asked, action+" "+r.Form.Get("Filter.1.Name")+" "+r.Form.Get("Filter.1.Value.1"))
	m.mu.Unlock()
	var items strings.Builder
	for i := 1; r.Form.Has(fmt.Sprintf("Filter.1.Value.%d", i)); i++ {
		value := r.Form.Get(fmt.Sprintf("Filter.1.Value.%d", i))
		id := "sg-" + value[strings.LastIndexAny(value, "/-")+1:]
		tags := `<tagSet><item><key>` + resource.TagOwner + `</key><value>i/c/k/n/` + strings.TrimPrefix(id, "sg-") + `</value></item></tagSet>`
		switch action {
		case "DescribeSecurityGroupRules":
			fmt.Fprintf(&items, `<item><groupId>%s</groupId><securityGroupRuleId>sgr-of-%s</securityGroupRuleId><ipProtocol>tcp</ipProtocol><fromPort>1</fromPort><toPort>1</toPort><cidrIpv4>10.0.0.0/8</cidrIpv4></item>`, id, id)
		default:
			fmt.Fprintf(&items, `<item><groupId>%s</groupId>%s<ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>1</fromPort><toPort>1</toPort><ipRanges><item><cidrIp>10.0.0.0/8</cidrIp></item></ipRanges></item></ipPermissions></item>`, id, tags)
		}
	}
	set := map[string]string{"DescribeSecurityGroups": "securityGroupInfo", "DescribeSecurityGroupRules": "securityGroupRuleSet"}[action]
	body := fmt.Sprintf("<%sResponse><%s>%s</%s></%sResponse>", action, set, &items, set, action)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// scoped are credentials whose reads are shared.
type scoped struct {
	credentials.StaticCredentialsProvider
	scope sharing.Scope
}

func (s scoped) Scope() sharing.Scope { return s.scope }

// find looks for a group as one object does, with a client of its own.
func (m *manyGroups) find(t *testing.T, s sharing.Scope, q kind.Query[ec2v1alpha1.SecurityGroupSpec]) *securityGroup {
	t.Helper()
	got, err := groupKind.Find(t.Context(), awsec2.New(awsec2.Options{
		Region: "eu-west-1", Credentials: scoped{credentials.NewStaticCredentialsProvider("k", "s", ""), s}, HTTPClient: &http.Client{Transport: m},
	}), q)
	if err != nil || got == nil {
		t.Errorf("%+v: %v, %v", q, got, err)
		return &securityGroup{}
	}
	return got
}

// Two hundred groups that are looked up at once, by owner and then by id, cost at most 0.3 reads each,
// although each look-up also reads the rules. Each gets its own group and its own rules.
func TestManyGroupsShareReads(t *testing.T) {
	m, s := &manyGroups{}, sharing.NewHub().Scope("a")
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			name := fmt.Sprintf("g%03d", i)
			for _, q := range []kind.Query[ec2v1alpha1.SecurityGroupSpec]{
				{Owner: resource.Owner{Install: "i", Ref: resource.Ref{Kind: "k", Cluster: "c", Namespace: "n", Name: name}}}, {ID: "sg-" + name},
			} {
				got := m.find(t, s, q)
				if len(got.ruleIDs) != 1 || got.GroupId == nil || *got.GroupId != "sg-"+name {
					t.Errorf("%s got %+v", name, got)
				}
				for _, id := range got.ruleIDs {
					if id != "sgr-of-sg-"+name {
						t.Errorf("%s got the rule %s", name, id)
					}
				}
			}
		})
	}
	all.Wait()
	if n := len(m.asked); n > 60 {
		t.Errorf("%d calls for 200 groups, want at most 60", n)
	}
}

// A group that is alone sends the requests of its own, and keeps no answer.
func TestOneGroupReadsAsBefore(t *testing.T) {
	m, s := &manyGroups{}, sharing.NewHub().Scope("a")
	for range 2 {
		m.find(t, s, kind.Query[ec2v1alpha1.SecurityGroupSpec]{ID: "sg-1"})
	}
	once := []string{"DescribeSecurityGroups group-id sg-1", "DescribeSecurityGroupRules group-id sg-1"}
	if want := slices.Concat(once, once); !slices.Equal(m.asked, want) {
		t.Errorf("asked %q, want %q", m.asked, want)
	}
}
