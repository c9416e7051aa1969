package gateway

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
)

type monitoringResponse struct {
	XMLName   xml.Name
	ID        string           `xml:"requestId"`
	Instances []monitoringItem `xml:"instancesSet>item"`
}

type monitoringItem struct {
	ID    string `xml:"instanceId"`
	State string `xml:"monitoring>state"`
}

// monitor turns detailed monitoring on or off.
func monitor(state string) correction {
	return correction{before: func(x *exchange) *answer {
		r := monitoringResponse{XMLName: x.root(), ID: requestID()}
		for _, id := range x.list("InstanceId") {
			if _, refusal := x.changeable(id, false); refusal != nil || x.dryRun() {
				return refusal
			}
			x.remember(id, "monitoring/state", state)
			r.Instances = append(r.Instances, monitoringItem{id, state})
		}
		return &answer{status: http.StatusOK, body: encode(r)}
	}}
}

type creditsResponse struct {
	XMLName xml.Name
	ID      string   `xml:"requestId"`
	Changed []string `xml:"successfulInstanceCreditSpecificationSet>item>instanceId"`
}

var modifyCredits = correction{before: func(x *exchange) *answer {
	r := creditsResponse{XMLName: x.root(), ID: requestID()}
	for n := 1; ; n++ {
		prefix := "InstanceCreditSpecification." + strconv.Itoa(n) + "."
		if !hasPrefix(x.form, prefix) {
			return &answer{status: http.StatusOK, body: encode(r)}
		}
		id := x.form.Get(prefix + "InstanceId")
		if _, refusal := x.changeable(id, false); refusal != nil || x.dryRun() {
			return refusal
		}
		m := x.moto.instances[x.scoped(id)]
		m.credits = x.form.Get(prefix + "CpuCredits")
		x.moto.instances[x.scoped(id)] = m
		r.Changed = append(r.Changed, id)
	}
}}

// describeCredits shows them: moto says standard of all.
var describeCredits = correction{after: func(x *exchange, a *answer) *answer {
	root := &element{}
	if err := xml.Unmarshal(a.body, root); err != nil {
		return x.broken(fmt.Errorf("decoding moto's CPU credits: %w", err))
	}
	root.plain()
	for _, item := range root.items("instanceCreditSpecificationSet") {
		if credits := x.moto.instances[x.scoped(item.text("instanceId"))].credits; credits != "" {
			item.set("cpuCredits", credits)
		}
	}
	return x.encodeTree(root)
}}

// replaceProfile shows the new profile at the instance: moto goes on with the old.
var replaceProfile = correction{refused: profileNotFound, after: func(x *exchange, a *answer) *answer {
	root := &element{}
	if err := xml.Unmarshal(a.body, root); err != nil {
		return x.broken(fmt.Errorf("decoding moto's association: %w", err))
	}
	association := root.child("iamInstanceProfileAssociation")
	x.remember(association.text("instanceId"), "iamInstanceProfile/arn", association.text("iamInstanceProfile/arn"))
	return a
}}
