package ec2

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// scripted answers each action of EC2 with the content of its response, and records the actions. An
// answer under an action and the value of its first filter, as in "DescribeVpcs vpc-1", counts first.
type scripted struct {
	answers map[string]string
	asked   []string
}

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	action := r.Form.Get("Action")
	s.asked = append(s.asked, action)
	content, filtered := s.answers[action+" "+r.Form.Get("Filter.1.Value.1")]
	if !filtered {
		content = s.answers[action]
	}
	body := "<" + action + "Response>" + content + "</" + action + "Response>"
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func (s *scripted) client() *awsec2.Client {
	return awsec2.New(awsec2.Options{
		Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""), HTTPClient: &http.Client{Transport: s},
	})
}

const interfaces = `<networkInterfaceSet>
	<item><networkInterfaceId>eni-2</networkInterfaceId><attachment><instanceId>i-1</instanceId></attachment></item>
	<item><networkInterfaceId>eni-1</networkInterfaceId><description>ELB app/front</description><association><publicIp>192.0.2.1</publicIp></association></item>
</networkInterfaceSet>`

// A group keeps its rules, and a gateway its route tables, while AWS would refuse the rest. A
// teardown of one step makes no such read.
func TestDeletionAsksFirst(t *testing.T) {
	group := func(rules string) string {
		return `<securityGroupInfo><item><groupId>sg-1</groupId><ipPermissions>` + rules + `</ipPermissions></item></securityGroupInfo>`
	}
	naming := group(`<item><ipProtocol>-1</ipProtocol><groups><item><groupId>sg-2</groupId></item></groups></item>`)
	const gateway = `<internetGatewaySet><item><internetGatewayId>igw-1</internetGatewayId><attachmentSet><item><vpcId>vpc-1</vpcId><state>available</state></item></attachmentSet></item></internetGatewaySet>`
	const tables = `<routeTableSet><item><associationSet><item><gatewayId>igw-1</gatewayId><routeTableId>rtb-1</routeTableId></item></associationSet></item></routeTableSet>`
	ofGroup := func(s *scripted) (kind.Facts, error) {
		got, err := groupKind.Find(t.Context(), s.client(), kind.Query[ec2v1alpha1.SecurityGroupSpec]{ID: "sg-1", Deleting: true})
		return groupKind.Facts(got), err
	}
	ofGateway := func(s *scripted) (kind.Facts, error) {
		got, err := gatewayKind.Find(t.Context(), s.client(), kind.Query[ec2v1alpha1.InternetGatewaySpec]{ID: "igw-1", Deleting: true})
		return gatewayKind.Facts(got), err
	}
	retained := func(s *scripted) (kind.Facts, error) {
		group, err := groupKind.Find(t.Context(), s.client(), kind.Query[ec2v1alpha1.SecurityGroupSpec]{ID: "sg-1", Deleting: true, Retain: true})
		if err != nil || groupKind.Facts(group).Held != nil {
			return groupKind.Facts(group), err
		}
		gateway, err := gatewayKind.Find(t.Context(), s.client(), kind.Query[ec2v1alpha1.InternetGatewaySpec]{ID: "igw-1", Deleting: true, Retain: true})
		return gatewayKind.Facts(gateway), err
	}
	for name, test := range map[string]struct {
		find    func(*scripted) (kind.Facts, error)
		answers map[string]string
		held    string
		asked   []string
	}{
		"a group and a gateway that stay": {retained, map[string]string{
			"DescribeSecurityGroups": naming, "DescribeInternetGateways": gateway, "DescribeRouteTables": tables, "DescribeNetworkInterfaces": interfaces,
		}, "", []string{"DescribeSecurityGroups", "DescribeInternetGateways", "DescribeRouteTables"}},
		"a group of one step":         {ofGroup, map[string]string{"DescribeSecurityGroups": group("")}, "", []string{"DescribeSecurityGroups"}},
		"a group that nothing uses":   {ofGroup, map[string]string{"DescribeSecurityGroups": naming}, "", []string{"DescribeSecurityGroups", "DescribeNetworkInterfaces", "DescribeSecurityGroups", "DescribeSecurityGroups"}},
		"a group that is used":        {ofGroup, map[string]string{"DescribeSecurityGroups": naming, "DescribeNetworkInterfaces": interfaces}, "network interface eni-1 (ELB app/front), network interface eni-2 of i-1", []string{"DescribeSecurityGroups", "DescribeNetworkInterfaces"}},
		"a gateway without tables":    {ofGateway, map[string]string{"DescribeInternetGateways": gateway}, "", []string{"DescribeInternetGateways", "DescribeRouteTables"}},
		"a gateway with a table":      {ofGateway, map[string]string{"DescribeInternetGateways": gateway, "DescribeRouteTables": tables}, "", []string{"DescribeInternetGateways", "DescribeRouteTables", "DescribeNetworkInterfaces"}},
		"a gateway that is also used": {ofGateway, map[string]string{"DescribeInternetGateways": gateway, "DescribeRouteTables": tables, "DescribeNetworkInterfaces": interfaces}, "192.0.2.1 at network interface eni-1", []string{"DescribeInternetGateways", "DescribeRouteTables", "DescribeNetworkInterfaces"}},
	} {
		s := &scripted{answers: test.answers}
		facts, err := test.find(s)
		if err != nil {
			t.Fatal(err)
		}
		if named := facts.Held == nil && test.held == "" || facts.Held != nil && test.held != "" && strings.Contains(facts.Held.Message, test.held); !named {
			t.Errorf("%s: held %+v, want %q", name, facts.Held, test.held)
		}
		if diff := cmp.Diff(test.asked, s.asked); diff != "" {
			t.Errorf("%s: reads (-want +got):\n%s", name, diff)
		}
	}
}

// A gateway that moves keeps its route tables while AWS would refuse to detach it.
func TestAMoveAsksFirst(t *testing.T) {
	const gateway = `<internetGatewaySet><item><internetGatewayId>igw-1</internetGatewayId><attachmentSet><item><vpcId>vpc-1</vpcId><state>available</state></item></attachmentSet></item></internetGatewaySet>`
	const tables = `<routeTableSet><item><associationSet><item><gatewayId>igw-1</gatewayId><routeTableId>rtb-1</routeTableId></item></associationSet></item></routeTableSet>`
	carrier := strings.ReplaceAll(interfaces, "publicIp", "carrierIp")
	for name, test := range map[string]struct {
		spec, tables, interfaces string
		waits                    bool
		reads                    int
	}{
		"to another VPC, held":    {`{vpc: vpc-2}`, tables, interfaces, true, 3},
		"out of its VPC, held":    {`{}`, tables, interfaces, true, 3},
		"by nothing":              {`{vpc: vpc-2}`, tables, "", false, 3},
		"by a carrier's address":  {`{vpc: vpc-2}`, tables, carrier, false, 3},
		"nothing to lose":         {`{vpc: vpc-2}`, "", interfaces, false, 2},
		"it stays":                {`{vpc: vpc-1}`, tables, interfaces, false, 2},
		"it is not known whither": {`{vpcRef: {from: {name: x}}}`, tables, interfaces, false, 2},
	} {
		var want ec2v1alpha1.InternetGatewaySpec
		if err := yaml.UnmarshalStrict([]byte(test.spec), &want); err != nil {
			t.Fatal(err)
		}
		s := &scripted{answers: map[string]string{"DescribeInternetGateways": gateway, "DescribeRouteTables": test.tables, "DescribeNetworkInterfaces": test.interfaces}}
		got, err := gatewayKind.Find(t.Context(), s.client(), kind.Query[ec2v1alpha1.InternetGatewaySpec]{ID: "igw-1", Want: want})
		if err != nil {
			t.Fatal(err)
		}
		facts := gatewayKind.Facts(got)
		named := facts.Pending != nil && strings.Contains(facts.Pending.Message, "192.0.2.1 at network interface eni-1")
		if named != test.waits || facts.Held != nil || len(s.asked) != test.reads {
			t.Errorf("%s: %+v, %+v after %v", name, facts.Pending, facts.Held, s.asked)
		}
	}
}

// A group keeps its rules while a group outside its cycle of rules names it, or while one of
// somebody else is in the cycle.
func TestDeletionOfAGroupThatRulesName(t *testing.T) {
	owner := resource.Owner{Install: "i", Ref: resource.Ref{Cluster: "c"}}
	for name, test := range map[string]struct {
		names  map[string][]string // by group
		theirs string              // a group that belongs to somebody else
		held   string
	}{
		"nobody names it":            {map[string][]string{"sg-1": {"sg-2"}}, "", ""},
		"itself":                     {map[string][]string{"sg-1": {"sg-1", "sg-2"}}, "", ""},
		"a pair":                     {map[string][]string{"sg-1": {"sg-2"}, "sg-2": {"sg-1"}}, "", ""},
		"a cycle":                    {map[string][]string{"sg-1": {"sg-2"}, "sg-2": {"sg-3"}, "sg-3": {"sg-1"}}, "", ""},
		"a group that it names not":  {map[string][]string{"sg-1": {"sg-2"}, "sg-9": {"sg-1"}}, "", "a rule of sg-9"},
		"a pair and another":         {map[string][]string{"sg-1": {"sg-2"}, "sg-2": {"sg-1"}, "sg-9": {"sg-1"}}, "", "a rule of sg-9"},
		"a cycle of the others only": {map[string][]string{"sg-1": {"sg-2"}, "sg-2": {"sg-3"}, "sg-3": {"sg-2"}, "sg-9": {"sg-1"}}, "", "a rule of sg-9"},
		"a pair with somebody":       {map[string][]string{"sg-1": {"sg-2"}, "sg-2": {"sg-1"}}, "sg-2", "a rule of sg-2"},
		"behind somebody's":          {map[string][]string{"sg-1": {"sg-2"}, "sg-2": {"sg-3"}, "sg-3": {"sg-1"}}, "sg-2", "a rule of sg-3"},
		"a peered VPC's":             {map[string][]string{"sg-1": {"sg-2"}, "sg-9": {"sg-1 peered"}}, "sg-9", ""},
		"in a peered VPC, and here":  {map[string][]string{"sg-1": {"sg-2"}, "sg-9": {"sg-1 peered", "sg-1"}}, "sg-9", "a rule of sg-9"},
	} {
		answers := rulesOf{test.names, test.theirs}
		got, err := groupKind.Find(t.Context(), answers.client(), kind.Query[ec2v1alpha1.SecurityGroupSpec]{ID: "sg-1", Deleting: true, Owner: owner})
		if err != nil {
			t.Fatal(err)
		}
		held := groupKind.Facts(got).Held
		if held == nil != (test.held == "") || held != nil && !strings.Contains(held.Message, test.held) {
			t.Errorf("%s: held %+v, want %q", name, held, test.held)
		}
	}
}

// A delete of a group is sent although a peered VPC's group names it: AWS accepts it.
func TestHoldersOfAGroup(t *testing.T) {
	for name, test := range map[string]struct {
		names map[string][]string
		want  []string
	}{
		"a rule":                 {map[string][]string{"sg-1": nil, "sg-2": {"sg-1"}}, []string{"a rule of sg-2 (web)"}},
		"a rule of a peered VPC": {map[string][]string{"sg-1": nil, "sg-2": {"sg-1 peered"}}, nil},
		"its own":                {map[string][]string{"sg-1": {"sg-1"}}, nil},
	} {
		got, err := groupHolders(t.Context(), rulesOf{names: test.names}.client(), &awsec2.DeleteSecurityGroupInput{GroupId: aws.String("sg-1")})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// rulesOf answers by filter, as AWS does, for groups whose rules name others. All but one belong to
// one cluster.
type rulesOf struct {
	names  map[string][]string // "sg-1 peered": over a peering connection
	theirs string
}

func (g rulesOf) client() *awsec2.Client {
	return awsec2.New(awsec2.Options{
		Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""), HTTPClient: &http.Client{Transport: g},
	})
}

func (g rulesOf) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	var items strings.Builder
	sought := slices.Concat(r.Form["Filter.1.Value.1"], r.Form["Filter.1.Value.2"], r.Form["GroupId.1"])
	for id, names := range g.names {
		by := names // of its inbound rules
		switch r.Form.Get("Filter.1.Name") {
		case "egress.ip-permission.group-id":
			by = nil
		case "group-id", "":
			by = []string{id}
		}
		if r.Form.Get("Action") != "DescribeSecurityGroups" || !slices.ContainsFunc(sought, func(s string) bool { return s != "" && (slices.Contains(by, s) || slices.Contains(by, s+" peered")) }) {
			continue
		}
		items.WriteString("<item><groupId>" + id + "</groupId><groupName>web</groupName><vpcId>vpc-1</vpcId>")
		if id != g.theirs {
			items.WriteString("<tagSet><item><key>" + resource.TagOwner + "</key><value>i/c/ec2.SecurityGroup/n/" + id + "</value></item></tagSet>")
		}
		items.WriteString("<ipPermissions>")
		for _, other := range names {
			other, peered := strings.CutSuffix(other, " peered")
			pair := "<groupId>" + other + "</groupId>"
			if peered {
				pair += "<vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId>"
			}
			items.WriteString("<item><ipProtocol>-1</ipProtocol><groups><item>" + pair + "</item></groups></item>")
		}
		items.WriteString("</ipPermissions></item>")
	}
	body := "<R><securityGroupInfo>" + items.String() + "</securityGroupInfo></R>"
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// The message names only the first type of contents that a VPC has. Its default group and main
// table are deleted with it.
func TestVPCHolders(t *testing.T) {
	own := map[string]string{
		"DescribeSecurityGroups": `<securityGroupInfo><item><groupId>sg-0</groupId><groupName>default</groupName></item></securityGroupInfo>`,
		"DescribeRouteTables":    `<routeTableSet><item><routeTableId>rtb-0</routeTableId><associationSet><item><main>true</main></item></associationSet></item></routeTableSet>`,
	}
	endpoint := func(state string) string {
		return `<vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId><serviceName>s3</serviceName><state>` + state + `</state></item></vpcEndpointSet>`
	}
	vpn := func(state string) string {
		return `<vpnGatewaySet><item><vpnGatewayId>vgw-1</vpnGatewayId><state>available</state><attachments><item><vpcId>vpc-1</vpcId><state>` + state + `</state></item></attachments></item></vpnGatewaySet>`
	}
	egress := func(vpc string) string {
		return `<egressOnlyInternetGatewaySet><item><egressOnlyInternetGatewayId>eigw-1</egressOnlyInternetGatewayId><attachmentSet><item><vpcId>` + vpc + `</vpcId><state>attached</state></item></attachmentSet></item></egressOnlyInternetGatewaySet>`
	}
	for name, test := range map[string]struct {
		answers map[string]string
		want    []string
		reads   int
	}{
		"nothing":                    {own, nil, 9},
		"subnets":                    {map[string]string{"DescribeSubnets": `<subnetSet><item><subnetId>subnet-2</subnetId></item><item><subnetId>subnet-1</subnetId></item></subnetSet>`}, []string{"subnet subnet-1", "subnet subnet-2"}, 1},
		"a group":                    {map[string]string{"DescribeSecurityGroups": `<securityGroupInfo><item><groupId>sg-1</groupId><groupName>web</groupName></item></securityGroupInfo>`}, []string{"security group sg-1 (web)"}, 3},
		"endpoint":                   {map[string]string{"DescribeVpcEndpoints": endpoint("available")}, []string{"endpoint vpce-1 (s3)"}, 5},
		"endpoints on their way out": {map[string]string{"DescribeVpcEndpoints": endpoint("deleting")}, nil, 9},
		"a deleted endpoint":         {map[string]string{"DescribeVpcEndpoints": endpoint("deleted")}, nil, 9},
		"a virtual private gateway":  {map[string]string{"DescribeVpnGateways": vpn("attached")}, []string{"virtual private gateway vgw-1"}, 7},
		"one that was detached":      {map[string]string{"DescribeVpnGateways": vpn("detached")}, nil, 9},
		"network ACLs": {map[string]string{"DescribeNetworkAcls": `<networkAclSet><item><networkAclId>acl-0</networkAclId><default>true</default></item>
			<item><networkAclId>acl-1</networkAclId><default>false</default></item></networkAclSet>`}, []string{"network ACL acl-1"}, 8},
		"an egress-only gateway": {map[string]string{"DescribeEgressOnlyInternetGateways": egress("vpc-1")}, []string{"egress-only internet gateway eigw-1"}, 9},
		"one of another VPC":     {map[string]string{"DescribeEgressOnlyInternetGateways": egress("vpc-2")}, nil, 9},
	} {
		s := &scripted{answers: test.answers}
		got, err := vpcHolders(t.Context(), s.client(), &awsec2.DeleteVpcInput{VpcId: aws.String("vpc-1")})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" || len(s.asked) != test.reads {
			t.Errorf("%s: %v (-want +got):\n%s", name, s.asked, diff)
		}
	}
}

// An instance is found by its owner under either key, once.
func TestSoughtInstances(t *testing.T) {
	s := &scripted{answers: map[string]string{"DescribeInstances": `<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId></item></instancesSet></item></reservationSet>`}}
	found, err := soughtInstances(t.Context(), s.client(), kind.Query[ec2v1alpha1.InstanceSpec]{Owner: instanceOwner})
	if err != nil || len(found) != 1 || len(s.asked) != 2 {
		t.Errorf("found %v, %v, by %v", found, err, s.asked)
	}
	s.asked = nil
	if _, err = soughtInstances(t.Context(), s.client(), kind.Query[ec2v1alpha1.InstanceSpec]{ID: "i-1"}); err != nil || len(s.asked) != 1 {
		t.Errorf("by its id: %v, by %v", err, s.asked)
	}
}
