// Package awsmodel refuses requests to EC2, IAM and STS that AWS's service model
// does not allow. It finds unknown actions, parameters, filters and enum values,
// missing required parameters, and values out of bounds.
//
// The model is botocore's, reduced to the requests. The files *.json hold it, one
// line per operation and shape, so that the check needs no Python. A test compares
// them with the pinned botocore that moto uses.
package awsmodel

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"
)

//go:embed ec2.json iam.json sts.json
var files embed.FS

// model describes the valid requests of one service.
type model struct {
	// Botocore is the version that the model comes from.
	Botocore   string               `json:"botocore"`
	Version    string               `json:"version"`
	Operations map[string]operation `json:"operations"`
	Shapes     map[string]*shape    `json:"shapes"`
}

// operation is one action of the API.
type operation struct {
	// Input is the shape of the request, empty for an action without parameters.
	Input string `json:"input,omitempty"`
	// Filters are the documented names of filters, if any. A name that ends in a
	// colon is followed by the key of a tag.
	Filters []string `json:"filters,omitempty"`
}

// shape is a type of the API, with the names that requests use.
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
