package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/devenv/gateway/awsmodel"
)

// recipe is how these tests create and delete a resource of a kind. What follows from AWS's names
// is not in it: an id's parameter, filter and error code are in the row of kinds.
type recipe struct {
	create string
	// with returns the other parameters of a create. Two calls describe two resources.
	with func(a *account) []string
	// tagged is its type in a tag specification; empty: as in the name of the create.
	tagged string
	// remove is the action that deletes it; empty: Delete instead of Create.
	remove string
	// plural means that its requests name a list of tag specifications in the plural.
	plural bool
	// lingers means that AWS lists a deleted one for a while, and accepts a second delete.
	lingers bool
	// idempotent means that AWS accepts the delete of one that does not exist.
	idempotent bool
	// untagged means that AWS has no filter on the tags.
	untagged bool
}

// recipes has a row for each kind that Tack serves, and for others that its tests need.
var recipes = map[string]recipe{
	"ec2.CapacityReservation": {create: "CreateCapacityReservation", remove: "CancelCapacityReservation", plural: true, untagged: true, lingers: true,
		with: func(a *account) []string {
			a.stays(reservationType, "pending", false)
			return []string{"InstanceType", "m5.large", "InstancePlatform", "Linux/UNIX", "AvailabilityZone", "us-west-2a", "InstanceCount", "1"}
		}},
	"ec2.DHCPOptions": {create: "CreateDhcpOptions",
		with: func(*account) []string {
			return []string{"DhcpConfiguration.1.Key", "domain-name", "DhcpConfiguration.1.Value.1", "x"}
		}},
	"ec2.EgressOnlyInternetGateway": {create: "CreateEgressOnlyInternetGateway", with: inVPC},
	"ec2.ElasticIPAddress": {create: "AllocateAddress", tagged: "elastic-ip", remove: "ReleaseAddress",
		with: func(*account) []string { return []string{"Domain", "vpc"} }},
	"ec2.FlowLog": {create: "CreateFlowLogs", tagged: "vpc-flow-log", idempotent: true, // it lists what it does not delete
		with: func(a *account) []string {
			return []string{"ResourceId.1", a.vpc(), "ResourceType", "VPC", "TrafficType", "ALL", "LogGroupName", "g",
				"DeliverLogsPermissionArn", *a.loggingRole(fmt.Sprintf("logs%d", nextAccount.Add(1)), "vpc-flow-logs.amazonaws.com")}
		}},
	"ec2.Instance": {create: "RunInstances", tagged: "instance", remove: "TerminateInstances", lingers: true,
		with: func(a *account) []string {
			return append(inSubnet(a), "ImageId", image, "MinCount", "1", "MaxCount", "1")
		}},
	"ec2.InternetGateway": {create: "CreateInternetGateway", with: func(*account) []string { return nil }},
	"ec2.LaunchTemplate": {create: "CreateLaunchTemplate",
		with: func(*account) []string {
			return []string{"LaunchTemplateName", fmt.Sprintf("t%d-a", nextAccount.Add(1)), "LaunchTemplateData.InstanceType", "t3.micro"}
		}},
	"ec2.ManagedPrefixList": {create: "CreateManagedPrefixList", tagged: "prefix-list", untagged: true,
		with: func(a *account) []string {
			for _, state := range []string{"create", "delete"} {
				a.prefixListsStay(state+"-in-progress", false)
			}
			return []string{"PrefixListName", "offices", "AddressFamily", "IPv4", "MaxEntries", "2"}
		}},
	"ec2.NATGateway": {create: "CreateNatGateway", tagged: "natgateway", lingers: true,
		with: func(a *account) []string { return append(inSubnet(a), "ConnectivityType", "private") }},
	"ec2.NetworkACL": {create: "CreateNetworkAcl", with: inVPC},
	"ec2.RouteTable": {create: "CreateRouteTable", with: inVPC},
	"ec2.SecurityGroup": {create: "CreateSecurityGroup",
		with: func(a *account) []string { return append(inVPC(a), "GroupName", "g", "GroupDescription", "d") }},
	"ec2.Subnet": {create: "CreateSubnet", with: func(a *account) []string { return append(inVPC(a), "CidrBlock", "10.0.1.0/24") }},
	"ec2.TransitGateway": {create: "CreateTransitGateway", lingers: true,
		with: func(a *account) []string {
			a.transitGatewaysStay("pending", false)
			return nil
		}},
	"ec2.TransitGatewayVPCAttachment": {create: "CreateTransitGatewayVpcAttachment", tagged: "transit-gateway-attachment", plural: true, untagged: true, lingers: true,
		with: func(a *account) []string {
			a.stays(attachmentType, "pending", false)
			vpc, gateway := a.vpc(), a.makeTransitGateway(ec2.CreateTransitGatewayInput{})
			return []string{"TransitGatewayId", *gateway, "VpcId", vpc, "SubnetIds.1", a.subnet(vpc)}
		}},
	"ec2.VPCEndpoint": {create: "CreateVpcEndpoint", remove: "DeleteVpcEndpoints", lingers: true, idempotent: true, // it lists what it does not delete
		with: func(a *account) []string { return append(inVPC(a), "ServiceName", "com.amazonaws.eu-west-1.s3") }},
	"ec2.VPCEndpointServiceConfiguration": {create: "CreateVpcEndpointServiceConfiguration", remove: "DeleteVpcEndpointServiceConfigurations", tagged: "vpc-endpoint-service", idempotent: true,
		with: func(*account) []string { return []string{"NetworkLoadBalancerArn.1", balancerARN} }},
	"ec2.VPC": {create: "CreateVpc", with: func(*account) []string { return []string{"CidrBlock", "10.0.0.0/16"} }},
	"ec2.VPCPeeringConnection": {create: "CreateVpcPeeringConnection", lingers: true,
		with: func(a *account) []string {
			a.stays(peeringType, "initiating-request", false)
			return []string{"VpcId", a.vpc(), "PeerVpcId", a.vpcOf("10.1.0.0/16")}
		}},
	"iam.Group":           {create: "CreateGroup", with: named("GroupName")},
	"iam.InstanceProfile": {create: "CreateInstanceProfile", with: named("InstanceProfileName")},
	"iam.OpenIDConnectProvider": {create: "CreateOpenIDConnectProvider", idempotent: true,
		with: func(*account) []string {
			return []string{"Url", "https://oidc.example.com/id", "ClientIDList.member.1", "sts.amazonaws.com"}
		}},
	"iam.Policy":            {create: "CreatePolicy", with: named("PolicyName", "PolicyDocument", policyDocument)},
	"iam.ServiceLinkedRole": {}, // other calls read and delete it: TestServiceLinkedRole
	"iam.User":              {create: "CreateUser", with: named("UserName")},
	"iam.Role":              {create: "CreateRole", with: named("RoleName", "AssumeRolePolicyDocument", trustDocument)},
}

func inVPC(a *account) []string    { return []string{"VpcId", a.vpc()} }
func inSubnet(a *account) []string { return []string{"SubnetId", a.subnet(a.vpc())} }

// Each kind of EC2 is created with its tags, found in every way that the product uses, and deleted,
// as AWS does it.
func TestEachKindOfEC2(t *testing.T) {
	for name, r := range recipesFor(t, serviceEC2) {
		t.Run(name, func(t *testing.T) {
			l := r.begin(t, newAccount(t))
			l.refusals(t)
			l.repeated(t)
			l.found(t)
			l.deleted(t)
		})
	}
}

// recipesFor returns the rows for a service, one for each kind that Tack serves.
func recipesFor(t *testing.T, service string) map[string]recipe {
	t.Helper()
	rows := map[string]recipe{}
	for name, r := range recipes {
		if strings.HasPrefix(name, service+".") {
			rows[name] = r
		}
	}
	for _, served := range apis.Kinds() {
		if _, ok := rows[served.Name()]; !ok && served.Service == service {
			t.Errorf("recipes has no row for %s", served.Name())
		}
	}
	return rows
}

// lifeInEC2 is two resources of a kind: one has the tag k=v, the other k=w.
type lifeInEC2 struct {
	recipe
	*kind
	a          *account
	params     []string // of the create of one, without its tags
	one, other string
	list       string // the action
}

func (r recipe) begin(t *testing.T, a *account) *lifeInEC2 {
	t.Helper()
	if r.remove == "" {
		r.remove = "Delete" + strings.TrimPrefix(r.create, "Create")
	}
	if r.tagged == "" {
		noun := strings.TrimPrefix(r.create, "Create")
		r.tagged = strings.ToLower(noun[:1] + capital.ReplaceAllString(noun[1:], "-$0"))
	}
	l := &lifeInEC2{recipe: r, a: a}
	l.params = r.with(a)
	l.other = l.make(t, "w", l.params)
	l.params = r.with(a)
	l.one = l.make(t, "v", l.params)
	l.kind = kindOf(l.one)
	if l.kind == nil {
		t.Fatalf("no row of kinds has the prefix of %s", l.one)
	}
	// A kind's other lists are about its parts, or its states.
	for action := range l.lists {
		if l.list == "" || len(action) < len(l.list) {
			l.list = action
		}
	}
	return l
}

var lastPart = regexp.MustCompile("[^/]*$")

// tagging are the parameters that give a new resource the tag k.
func (r recipe) tagging(value string) []string {
	spec := "TagSpecification.1."
	if r.plural {
		spec = "TagSpecifications.1."
	}
	return []string{spec + "ResourceType", r.tagged, spec + "Tag.1.Key", "k", spec + "Tag.1.Value", value}
}

// make creates a resource with the tag k, and returns its id.
func (l *lifeInEC2) make(t *testing.T, tag string, params []string) string {
	t.Helper()
	got := l.send(l.create, params, l.tagging(tag))
	made := createdResources(&call{service: serviceEC2, action: l.create}, &answer{body: []byte(got.body)})
	if got.status != http.StatusOK || len(made) != 1 {
		t.Fatalf("%s made %q: %+v", l.create, made, got)
	}
	return made[0]
}

func (l *lifeInEC2) send(action string, params ...[]string) result {
	l.a.t.Helper()
	return send(request(l.a.t, l.a.url, l.a.key, serviceEC2, append([]string{"Action", action}, slices.Concat(params...)...)...))
}

func (l *lifeInEC2) refused(t *testing.T, what string, got result, code string) {
	t.Helper()
	if got.status != http.StatusBadRequest || got.code != code {
		t.Errorf("%s: %d %s, want 400 %s", what, got.status, got.code, code)
	}
}

// refusals checks what AWS refuses of a create and of a list.
func (l *lifeInEC2) refusals(t *testing.T) {
	foreign := l.recipe
	if foreign.tagged = "vpc"; l.tagged == "vpc" {
		foreign.tagged = "subnet"
	}
	l.refused(t, "tags of another type", l.send(l.create, l.with(l.a), foreign.tagging("v")), "InvalidParameterValue")
	for i := 0; i < len(l.params); i += 2 {
		parent := kindOf(l.params[i+1])
		if parent == nil {
			continue
		}
		params := slices.Clone(l.params)
		params[i+1] = parent.prefix + "-0123456789abcdef0"
		l.refused(t, "a create with an unknown "+params[i], l.send(l.create, params), parent.missingCode(&call{action: l.create}))
	}
	unknown := l.prefix + "-0123456789abcdef0"
	missing := l.missingCode(&call{action: l.list})
	l.refused(t, "an unknown id", l.send(l.list, l.ids(unknown)), missing)
	l.refused(t, "an unknown id with a known one", l.send(l.list, l.ids(l.one, unknown)), missing)
	l.refused(t, "a filter that AWS does not have", l.send(l.list, by("colour", "red")), "InvalidParameterValue")
	if l.idempotent {
		return
	}
	l.refused(t, "deleting an unknown one", l.send(l.remove, l.idFor(l.remove, unknown)), l.missingCode(&call{action: l.remove}))
}

// repeated checks that a token makes one resource. Without a token, AWS makes another.
func (l *lifeInEC2) repeated(t *testing.T) {
	token := []string{"ClientToken", "a-token-of-ours"}
	if !l.allowed(l.create, slices.Concat(l.params, token)) {
		return // it takes no token
	}
	params := append(l.with(l.a), token...)
	first := l.make(t, "x", params)
	if again := l.make(t, "x", params); again != first {
		t.Errorf("the token gave %s after %s", again, first)
	}
	l.refused(t, "the token with other parameters", l.send(l.create, params, l.tagging("y")), "IdempotentParameterMismatch")
	if l.untagged {
		return
	}
	if got := l.listed(t, "by the tag of a repeated create", by("tag:k", "x"), first); len(got) != 1 {
		t.Errorf("the token made %v", got)
	}
}

// found checks the ways to find the two.
func (l *lifeInEC2) found(t *testing.T) {
	both := []string{l.one, l.other}
	for what, test := range map[string]struct {
		params []string
		want   []string
	}{
		"all":              {nil, both},
		"by id":            {l.ids(l.one), []string{l.one}},
		"by two ids":       {l.ids(both...), both},
		"by tag":           {by("tag:k", "v"), []string{l.one}},
		"by another value": {by("tag:k", "z"), nil},
		"by key":           {by("tag-key", "k"), both},
		"by another key":   {by("tag-key", "z"), nil},
	} {
		if l.untagged && test.params != nil && strings.HasPrefix(test.params[1], "tag") {
			l.refused(t, "found "+what, l.send(l.list, test.params), "InvalidParameterValue")
			continue
		}
		if diff := cmp.Diff(test.want, l.listed(t, what, test.params, both...)); diff != "" {
			t.Errorf("found %s (-want +got):\n%s", what, diff)
		}
	}
	if l.filter != "" {
		if diff := cmp.Diff([]string{l.one}, l.listed(t, "by the id as a filter", by(l.filter, l.one), both...)); diff != "" {
			t.Errorf("found by the filter %s (-want +got):\n%s", l.filter, diff)
		}
	}
	rows := rowsOf([]byte(l.send(l.list, l.ids(l.one)).body))
	path := strings.TrimSuffix(l.lists[l.list], lastPart.FindString(l.lists[l.list])) // of the resource in the row
	if len(rows) != 1 || !slices.Equal(rows[0].values[path+"tagSet/item/value"], []string{"v"}) {
		t.Errorf("it is shown as %+v", rows)
	} else if owner := rows[0].values[path+"ownerId"]; len(owner) > 0 && owner[0] != l.a.id {
		t.Errorf("it belongs to %v, want %s", owner, l.a.id)
	}
	if tags := l.send("DescribeTags", by("resource-id", l.one)); !slices.Equal(elements([]byte(tags.body), "value"), []string{"v"}) {
		t.Errorf("its tags are %s", tags.body)
	}
}

// deleted checks what follows a delete.
func (l *lifeInEC2) deleted(t *testing.T) {
	remove := func() result { return l.send(l.remove, l.idFor(l.remove, l.one)) }
	ends := slices.Contains(l.states, "deleted")
	if ends {
		l.a.stays(l.timed, "deleting", false)
	}
	if got := remove(); got.status != http.StatusOK {
		t.Fatalf("%s: %+v", l.remove, got)
	}
	if l.lingers {
		if got := remove(); got.status != http.StatusOK {
			t.Errorf("deleting it again: %+v", got)
		}
		if ends {
			l.listedForAWhile(t)
		}
		return
	}
	if again := remove(); l.idempotent != (again.status == http.StatusOK) {
		t.Errorf("deleting it again: %+v", again)
	} else if !l.idempotent {
		l.refused(t, "deleting it again", again, l.missingCode(&call{action: l.remove}))
	}
	l.refused(t, "a deleted one", l.send(l.list, l.ids(l.one)), l.missingCode(&call{action: l.list}))
	if got := l.listed(t, "after the delete", nil, l.one, l.other); !slices.Equal(got, []string{l.other}) {
		t.Errorf("after the delete, AWS lists %v", got)
	}
}

// ids are the parameters of a list of resources.
func (l *lifeInEC2) ids(ids ...string) (params []string) {
	name := l.kind.params[0]
	if !l.allowed(l.list, []string{name + ".1", ids[0]}) {
		name += "s" // newer actions name the list
	}
	for i, id := range ids {
		params = append(params, fmt.Sprintf("%s.%d", name, i+1), id)
	}
	return params
}

// idFor is the parameter that names one resource to an action.
func (l *lifeInEC2) idFor(action, id string) []string {
	if params := []string{l.kind.params[0], id}; l.allowed(action, params) {
		return params
	}
	return l.ids(id)
}

// listed returns which of some resources a list returns.
func (l *lifeInEC2) listed(t *testing.T, what string, params []string, some ...string) (found []string) {
	t.Helper()
	got := l.send(l.list, params)
	if got.status != http.StatusOK {
		t.Errorf("%s: %+v", what, got)
	}
	rows := rowsOf([]byte(got.body))
	for _, id := range some {
		if slices.ContainsFunc(rows, func(r row) bool { return r.has(l.lists[l.list], id) }) {
			found = append(found, id)
		}
	}
	return found
}

// by is one filter.
func by(name, value string) []string {
	return []string{"Filter.1.Name", name, "Filter.1.Value.1", value}
}

// allowed reports whether AWS's service model allows a request.
func (l *lifeInEC2) allowed(action string, params []string) bool {
	l.a.t.Helper()
	form := url.Values{}
	for i := 0; i < len(params); i += 2 {
		form.Set(params[i], params[i+1])
	}
	refusal, err := awsmodel.Check(serviceEC2, action, form)
	if err != nil {
		l.a.t.Fatal(err)
	}
	return refusal == nil
}
