package gateway

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"strconv"
)

// boundedRole is a role as GetAccountAuthorizationDetails shows it: the one list of
// moto's that tells boundaries.
type boundedRole struct {
	Name     string `xml:"RoleName"`
	ID       string `xml:"RoleId"`
	Boundary string `xml:"PermissionsBoundary>PermissionsBoundaryArn"`
}

type boundedRolesResponse struct {
	Roles  []boundedRole `xml:"GetAccountAuthorizationDetailsResult>RoleDetailList>member"`
	Marker string        `xml:"GetAccountAuthorizationDetailsResult>Marker"`
}

// boundedBy are the roles whose permissions boundary a policy is.
func (x *exchange) boundedBy(policyARN string) (bounded []boundedRole, refusal *answer) {
	for marker := ""; ; {
		params := url.Values{"Filter.member.1": {"Role"}, "MaxItems": {"1000"}}
		if marker != "" {
			params.Set("Marker", marker)
		}
		a := x.ask("GetAccountAuthorizationDetails", params)
		if !a.ok() {
			return nil, a
		}
		var r boundedRolesResponse
		if err := xml.Unmarshal(a.body, &r); err != nil {
			return nil, x.broken(fmt.Errorf("decoding moto's roles: %w", err))
		}
		for _, role := range r.Roles {
			if role.Boundary == policyARN {
				bounded = append(bounded, role)
			}
		}
		if marker = r.Marker; marker == "" {
			return bounded, nil
		}
	}
}

// withBoundaries changes an answer about a policy that is a boundary. Moto counts
// and lists attachments alone.
func withBoundaries(change func(*element, []boundedRole)) correction {
	return correction{after: func(x *exchange, a *answer) *answer {
		bounded, refusal := x.boundedBy(x.form.Get("PolicyArn"))
		if refusal != nil || len(bounded) == 0 {
			if refusal != nil {
				return refusal
			}
			return a
		}
		root := &element{}
		if err := xml.Unmarshal(a.body, root); err != nil {
			return x.broken(fmt.Errorf("decoding moto's policy: %w", err))
		}
		root.plain()
		change(root, bounded)
		return &answer{status: a.status, body: encode(root)}
	}}
}

var getPolicy = withBoundaries(func(root *element, bounded []boundedRole) {
	root.set("GetPolicyResult/Policy/PermissionsBoundaryUsageCount", strconv.Itoa(len(bounded)))
})

var listEntities = withBoundaries(func(root *element, bounded []boundedRole) {
	result := root.child("ListEntitiesForPolicyResult")
	if result == nil {
		return
	}
	list := result.child("PolicyRoles")
	if list == nil {
		list = &element{XMLName: xml.Name{Local: "PolicyRoles"}}
		result.Children = append(result.Children, list)
	}
	for _, role := range bounded {
		member := &element{XMLName: xml.Name{Local: "member"}}
		member.set("RoleName", role.Name)
		member.set("RoleId", role.ID)
		list.Children = append(list.Children, member)
	}
})
