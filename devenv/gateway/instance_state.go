package gateway

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// stateChange is an item in the answer of a call that changes states.
type stateChange struct {
	ID       string        `xml:"instanceId"`
	Current  instanceState `xml:"currentState"`
	Previous instanceState `xml:"previousState"`
}

type instanceState struct {
	Code int    `xml:"code"`
	Name string `xml:"name"`
}

type stateChangesResponse struct {
	XMLName xml.Name
	ID      string        `xml:"requestId"`
	Changes []stateChange `xml:"instancesSet>item"`
}

// changeStates makes a correction that brings instances in one of the states from
// into the state to, by change. Those that are there already, or in after, stay.
// Others are refused.
func changeStates(from []string, to string, after []string, change func(x *exchange, id string) *answer) correction {
	return correction{before: func(x *exchange) *answer {
		ids := x.list("InstanceId")
		if len(ids) == 0 {
			return x.badRequest("MissingParameter", "The request must contain the parameter InstanceId")
		}
		params := url.Values{}
		for i, id := range ids {
			params.Set("InstanceId."+strconv.Itoa(i+1), id)
		}
		all, refusal := x.findInstances(params)
		if refusal != nil {
			return refusal
		}
		for _, i := range all {
			if state := i.text("instanceState/name"); !slices.Contains(from, state) && !slices.Contains(after, state) && state != to {
				return x.badRequest("IncorrectInstanceState", "The instance '%s' is in the state '%s' from which it cannot get into '%s'.", i.text("instanceId"), state, to)
			}
		}
		if x.dryRun() {
			return nil
		}
		r := stateChangesResponse{XMLName: x.root(), ID: requestID()}
		for _, i := range all {
			id, was := i.text("instanceId"), i.text("instanceState/name")
			now := was
			if slices.Contains(from, was) {
				if a := change(x, id); a != nil {
					return a
				}
				x.enters(instanceType, id, to)
				now, _ = x.stateOf(id, to)
			}
			r.Changes = append(r.Changes, stateChange{
				ID: id, Current: instanceState{instanceCodes[now], now}, Previous: instanceState{instanceCodes[was], was},
			})
		}
		return &answer{status: http.StatusOK, body: encode(r)}
	}}
}

var (
	terminateInstances = changeStates([]string{pending, running, stopping, stopped}, shuttingDown, []string{terminated}, (*exchange).end)
	stopInstances      = changeStates([]string{running}, stopping, []string{stopped}, inMoto("StopInstances"))
	startInstances     = changeStates([]string{stopped}, pending, []string{running}, inMoto("StartInstances"))
)

// inMoto changes the state of one instance in moto.
func inMoto(action string) func(x *exchange, id string) *answer {
	return func(x *exchange, id string) *answer {
		if a := x.ask(action, url.Values{"InstanceId.1": {id}}); !a.ok() {
			return a
		}
		return nil
	}
}
