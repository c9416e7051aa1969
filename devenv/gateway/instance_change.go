package gateway

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// instanceAttributes are the parameters of ModifyInstanceAttribute, each with
// whether AWS wants the instance stopped.
var instanceAttributes = map[string]bool{
	"BlockDeviceMapping": false, "DisableApiStop": false, "DisableApiTermination": false, "EbsOptimized": true,
	"EnclaveOptions": true, "GroupId": false, "InstanceInitiatedShutdownBehavior": false, "InstanceType": true,
	"Kernel": true, "Ramdisk": true, "SourceDestCheck": false, "UserData": true,
}

// modifyInstance takes one attribute per call, as AWS does, and gives those to
// moto in the form that it knows: any other it takes for an order to drop all
// security groups.
var modifyInstance = correction{before: func(x *exchange) *answer {
	var set []string
	for name := range instanceAttributes {
		if hasPrefix(x.form, name+".") {
			set = append(set, name)
		}
	}
	if len(set) != 1 || x.form.Has("Attribute") {
		return x.badRequest("InvalidParameterCombination", "Fields for one attribute may be specified, not for %d", len(set))
	}
	name, id := set[0], x.form.Get("InstanceId")
	i, refusal := x.changeable(id, instanceAttributes[name])
	if refusal != nil || x.dryRun() {
		return refusal
	}
	switch name {
	case "GroupId":
		return x.modifyGroups(i)
	case "EnclaveOptions":
		x.remember(id, "enclaveOptions/enabled", x.form.Get("EnclaveOptions.Enabled"))
	case "Kernel":
		x.remember(id, "kernelId", x.form.Get("Kernel.Value"))
	case "Ramdisk":
		x.remember(id, "ramdiskId", x.form.Get("Ramdisk.Value"))
	case "InstanceInitiatedShutdownBehavior":
		form := url.Values{"InstanceId": {id}, "Attribute": {"instanceInitiatedShutdownBehavior"}, "Value": {x.form.Get(name + ".Value")}}
		if a := x.ask("ModifyInstanceAttribute", form); !a.ok() {
			return a
		}
	case "UserData":
		// Moto decodes it once too often.
		x.form.Set("UserData.Value", base64.StdEncoding.EncodeToString([]byte(x.form.Get("UserData.Value"))))
		return nil
	default:
		return nil
	}
	return x.answerTrue()
}, after: func(x *exchange, _ *answer) *answer { return x.answerTrue() }}

// changeable reads an instance that is not gone, and is stopped where it must be.
func (x *exchange) changeable(id string, mustBeStopped bool) (*element, *answer) {
	i, refusal := x.findInstance(id)
	if refusal != nil {
		return nil, refusal
	}
	state := i.text("instanceState/name")
	switch {
	case mustBeStopped && state != stopped:
		return nil, x.badRequest("IncorrectInstanceState", "The instance '%s' is not in the 'stopped' state.", id)
	case state == shuttingDown || state == terminated:
		return nil, x.badRequest("IncorrectInstanceState", "The instance '%s' is not in a valid state: it is %s.", id, state)
	}
	return i, nil
}

func (x *exchange) remember(id, path, text string) {
	m := x.moto.instances[x.scoped(id)]
	shown := maps.Clone(m.shown)
	if shown == nil {
		shown = map[string]string{}
	}
	shown[path] = text
	m.shown = shown
	x.moto.instances[x.scoped(id)] = m
}

// modifyGroups replaces the groups of the instance and of its interface, which in
// moto would keep the old ones.
func (x *exchange) modifyGroups(i *element) *answer {
	interfaces := i.items("networkInterfaceSet")
	if len(interfaces) != 1 {
		return x.badRequest("InvalidInstanceID", "There are multiple interfaces attached to instance '%s'. Please specify an interface ID for the operation instead.", i.text("instanceId"))
	}
	form := url.Values{"InstanceId": {i.text("instanceId")}}
	eni := url.Values{"NetworkInterfaceId": {interfaces[0].text("networkInterfaceId")}}
	for n, group := range x.list("GroupId") {
		if _, refusal := x.group(group); refusal != nil {
			return refusal
		}
		form.Set(fmt.Sprintf("GroupId.%d", n+1), group)
		eni.Set(fmt.Sprintf("SecurityGroupId.%d", n+1), group)
	}
	for action, params := range map[string]url.Values{"ModifyInstanceAttribute": form, "ModifyNetworkInterfaceAttribute": eni} {
		if a := x.ask(action, params); !a.ok() {
			return a
		}
	}
	return x.answerTrue()
}

// modifyOptions makes a correction for a call that moto does not know: it changes
// what AWS shows at the paths of its parameters. Those in whenStopped want the
// instance stopped.
func modifyOptions(fields map[string]string, whenStopped ...string) correction {
	return correction{before: func(x *exchange) *answer {
		mustBeStopped := slices.ContainsFunc(whenStopped, x.form.Has)
		id := x.form.Get("InstanceId")
		if _, refusal := x.changeable(id, mustBeStopped); refusal != nil || x.dryRun() {
			return refusal
		}
		for param, path := range fields {
			if x.form.Has(param) {
				x.remember(id, path, x.form.Get(param))
			}
		}
		return x.answerTrue()
	}}
}

// launchedAs are the fields of a launch below a prefix, under the names that they
// have without it.
func launchedAs(prefix string) (fields map[string]string, names []string) {
	fields = map[string]string{}
	for param, path := range launchFields {
		if name, ok := strings.CutPrefix(param, prefix); ok {
			fields[name] = path
			names = append(names, name)
		}
	}
	return fields, names
}

func modifyLaunched(prefix string, stoppedOnly bool) correction {
	fields, names := launchedAs(prefix)
	if !stoppedOnly {
		names = nil
	}
	return modifyOptions(fields, names...)
}

// modifyPrivateDNS changes the type of the host name of a stopped instance only.
var modifyPrivateDNS = modifyOptions(map[string]string{
	"PrivateDnsHostnameType":          "privateDnsNameOptions/hostnameType",
	"EnableResourceNameDnsARecord":    "privateDnsNameOptions/enableResourceNameDnsARecord",
	"EnableResourceNameDnsAAAARecord": "privateDnsNameOptions/enableResourceNameDnsAAAARecord",
}, "PrivateDnsHostnameType")

// modifyReservation has the parameters of a launch under the same names.
var modifyReservation = func() correction {
	fields := map[string]string{}
	var names []string
	for param, path := range launchFields {
		if strings.HasPrefix(param, "CapacityReservationSpecification.") {
			fields[param] = path
			names = append(names, param)
		}
	}
	return modifyOptions(fields, names...)
}()

// modifyMetadata keeps what the call leaves out, which moto resets.
var modifyMetadata = correction{before: func(x *exchange) *answer {
	i, refusal := x.changeable(x.form.Get("InstanceId"), false)
	if refusal != nil {
		return refusal
	}
	if refusal = x.showMetadataTags(); refusal != nil {
		return refusal
	}
	for param, name := range map[string]string{
		"HttpEndpoint": "httpEndpoint", "HttpProtocolIpv6": "httpProtocolIpv6", "HttpPutResponseHopLimit": "httpPutResponseHopLimit",
		"HttpTokens": "httpTokens", "InstanceMetadataTags": "instanceMetadataTags",
	} {
		if !x.form.Has(param) {
			x.form.Set(param, i.text("metadataOptions/"+name))
		}
	}
	return nil
}}
