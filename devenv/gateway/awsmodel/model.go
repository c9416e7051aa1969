// Package awsmodel refuses requests of EC2, IAM and STS that AWS's own service
// model does not allow: actions, parameters, filters and enum values that AWS
// does not have, required parameters that are missing, values out of bounds.
//
// The model is that of botocore, reduced to what requests may hold. The files
// *.json keep it, one line per operation and shape, so that the check needs no
// Python; a test compares them with the botocore that moto is pinned to.
package awsmodel

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"
)

//go:embed ec2.json iam.json sts.json
var files embed.FS

// model is what one service allows in requests.
type model struct {
	// Botocore is the release that the model is taken from.
	Botocore   string               `json:"botocore"`
	Version    string               `json:"version"`
	Operations map[string]operation `json:"operations"`
	Shapes     map[string]*shape    `json:"shapes"`
}

// operation is one action of the API.
type operation struct {
	// Input is the shape of the request, empty for an action without parameters.
	Input string `json:"input,omitempty"`
	// Filters are the documented names of filters. One that ends in a colon is
	// followed by the key of a tag. None: AWS documents none.
	Filters []string `json:"filters,omitempty"`
}

// shape is a type of the API. Names are those of the wire.
type shape struct {
	Type     string            `json:"type"`
	Members  map[string]string `json:"members,omitempty"` // of a structure: name to shape
	Required []string          `json:"required,omitempty"`
	Item     string            `json:"item,omitempty"` // of a list: its items' shape
	Enum     []string          `json:"enum,omitempty"`
	Min      *float64          `json:"min,omitempty"` // of a length, for strings and lists
	Max      *float64          `json:"max,omitempty"`
	Pattern  string            `json:"pattern,omitempty"`
}

// The services that have a model.
const (
	ec2 = "ec2"
	iam = "iam"
	sts = "sts"
)

var models = map[string]func() (*model, error){
	ec2: sync.OnceValues(func() (*model, error) { return load(ec2) }),
	iam: sync.OnceValues(func() (*model, error) { return load(iam) }),
	sts: sync.OnceValues(func() (*model, error) { return load(sts) }),
}

func load(service string) (*model, error) {
	raw, err := files.ReadFile(service + ".json")
	if err != nil {
		return nil, fmt.Errorf("reading the model of %s: %w", service, err)
	}
	m := &model{}
	if err := json.Unmarshal(raw, m); err != nil {
		return nil, fmt.Errorf("decoding the model of %s: %w", service, err)
	}
	return m, nil
}
