package gateway

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// instanceType is the name of instances in transient.
const instanceType = "instance"

// The states of instances, with their codes.
const (
	pending      = "pending"
	running      = "running"
	shuttingDown = "shutting-down"
	terminated   = "terminated"
	stopping     = "stopping"
	stopped      = "stopped"
)

var instanceCodes = map[string]int{pending: 0, running: 16, shuttingDown: 32, terminated: 48, stopping: 64, stopped: 80}

// machine is what moto forgets of an instance.
type machine struct {
	shown   map[string]string // texts in DescribeInstances, by path
	credits string
	goes    map[string]bool // by network interface: whether it goes with the instance
}

// instanceDefaults are what AWS shows of every instance, and moto of none.
var instanceDefaults = map[string]string{
	"capacityReservationSpecification/capacityReservationPreference": "open",
	"cpuOptions/coreCount":                                  "1",
	"cpuOptions/threadsPerCore":                             "2",
	"enaSupport":                                            "true",
	"enclaveOptions/enabled":                                "false",
	"hibernationOptions/configured":                         "false",
	"maintenanceOptions/autoRecovery":                       "default",
	"privateDnsNameOptions/hostnameType":                    "ip-name",
	"privateDnsNameOptions/enableResourceNameDnsARecord":    "false",
	"privateDnsNameOptions/enableResourceNameDnsAAAARecord": "false",
}

// instances decodes moto's list of instances as AWS would show them now.
func (x *exchange) instances(a *answer) (root *element, all []*element, refusal *answer) {
	root = &element{}
	if err := xml.Unmarshal(a.body, root); err != nil {
		return nil, nil, x.broken(fmt.Errorf("decoding moto's instances: %w", err))
	}
	root.plain()
	lists := []*element{root} // the answer of RunInstances is a reservation itself
	if root.child("reservationSet") != nil {
		lists = root.items("reservationSet")
	}
	for _, reservation := range lists {
		for _, i := range reservation.items("instancesSet") {
			x.showInstance(i)
			all = append(all, i)
		}
	}
	return root, all, nil
}

// showInstance puts what AWS shows into i, as moto gave it.
func (x *exchange) showInstance(i *element) {
	id := i.text("instanceId")
	for path, text := range instanceDefaults {
		if i.at(path) == nil {
			i.set(path, text)
		}
	}
	m := x.moto.instances[x.scoped(id)]
	for path, text := range m.shown {
		i.set(path, text)
	}
	for _, eni := range i.items("networkInterfaceSet") {
		eni.set("attachment/deleteOnTermination", strconv.FormatBool(m.goes[eni.text("networkInterfaceId")]))
	}
	state, _ := x.stateOf(id, i.text("instanceState/name"))
	i.set("instanceState/name", state)
	i.set("instanceState/code", strconv.Itoa(instanceCodes[state]))
	switch failure := x.failureOf(id); {
	case state == pending || state == running:
		i.remove("stateReason", "reason")
	case failure != nil && state == terminated:
		i.set("stateReason/code", failure.code)
		i.set("stateReason/message", failure.message)
	}
	if state == terminated {
		i.remove("subnetId", "vpcId", "privateIpAddress", "ipAddress", "networkInterfaceSet", "groupSet", "blockDeviceMapping")
		i.set("privateDnsName", "")
		i.set("dnsName", "")
	}
}

// describeInstances shows states that take time. Its filter by state is applied
// here: moto has them settled.
var describeInstances = correction{
	before: func(x *exchange) *answer {
		for n := 1; hasPrefix(x.form, fmt.Sprintf("Filter.%d.", n)); n++ {
			prefix := fmt.Sprintf("Filter.%d.", n)
			if x.form.Get(prefix+"Name") != "instance-state-name" {
				continue
			}
			x.wantedStates = x.list(prefix + "Value")
			for i, state := range []string{pending, running, shuttingDown, terminated, stopping, stopped} {
				x.form.Set(fmt.Sprintf("%sValue.%d", prefix, i+1), state)
			}
		}
		return nil
	},
	after: func(x *exchange, a *answer) *answer {
		root, _, refusal := x.instances(a)
		if refusal != nil {
			return refusal
		}
		for _, reservation := range root.items("reservationSet") {
			list := reservation.child("instancesSet")
			list.Children = slices.DeleteFunc(list.Children, func(i *element) bool {
				return x.wantedStates != nil && !slices.Contains(x.wantedStates, i.text("instanceState/name"))
			})
		}
		return x.encodeTree(root)
	},
}

func (x *exchange) encodeTree(root *element) *answer {
	root.XMLName = x.root()
	return &answer{status: http.StatusOK, body: encode(root)}
}

// findInstances reads instances as AWS would show them, or gives the refusal.
func (x *exchange) findInstances(params url.Values) ([]*element, *answer) {
	a := x.ask("DescribeInstances", params)
	if !a.ok() {
		return nil, a
	}
	_, all, refusal := x.instances(a)
	return all, refusal
}

// findInstance reads one.
func (x *exchange) findInstance(id string) (*element, *answer) {
	all, refusal := x.findInstances(url.Values{"InstanceId.1": {id}})
	if refusal != nil {
		return nil, refusal
	}
	return all[0], nil
}

// instancesWith gives the ids of instances that are not terminated yet and match a
// filter: they hold what they use. Those that shut down are terminated in moto.
func (x *exchange) instancesWith(filter, value string) (ids []string, refusal *answer) {
	if len(x.moto.instances) == 0 {
		return nil, nil
	}
	all, refusal := x.findInstances(url.Values{"Filter.1.Name": {filter}, "Filter.1.Value.1": {value}})
	for _, i := range all {
		if i.text("instanceState/name") != terminated {
			ids = append(ids, i.text("instanceId"))
		}
	}
	return ids, refusal
}
