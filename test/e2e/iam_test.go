package e2e

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// nameIn returns the name at the end of an ARN.
func nameIn(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// quoted returns a text as JSON.
func quoted(text string) string {
	raw, _ := json.Marshal(text) // a string
	return string(raw)
}

func iamTags(tags []iamtypes.Tag) map[string]string {
	out := map[string]string{}
	for _, tag := range tags {
		out[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return out
}
