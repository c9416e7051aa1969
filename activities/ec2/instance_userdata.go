package ec2

import (
	"bytes"
	"encoding/base64"
	"strings"

	"github.com/tack-dev/tack/activities/ec2/refusal"
)

// maxUserData is how many bytes AWS accepts, before they are encoded.
const maxUserData = 16 << 10

// oneLine returns base64 text without the line breaks that tools and YAML insert.
func oneLine(text string) string {
	return strings.Join(strings.Fields(text), "")
}

// decodedData returns nil for text that is not base64, which a check refuses.
func decodedData(text string) []byte {
	data, err := base64.StdEncoding.DecodeString(oneLine(text))
	if err != nil {
		return nil
	}
	return data
}

// sameData compares the decoded data: its encoding may or may not have line breaks.
func sameData(want, got string) bool { return bytes.Equal(decodedData(want), decodedData(got)) }

// checkUserData never quotes the data: it may hold secrets.
func (f *findings) checkUserData(path string, text *string) {
	if text == nil {
		return
	}
	data, err := base64.StdEncoding.DecodeString(oneLine(*text))
	switch {
	case err != nil:
		f.Add(path, refusal.Says("InvalidUserData.Malformed", "The user data provided is not properly Base64 encoded."), "is not base64: encode it, for example with base64 -w0")
	case len(data) > maxUserData:
		f.Add(path, refusal.Says(refusal.BadValue, "User data is limited to %d bytes", maxUserData), "has %d decoded bytes, AWS allows %d: load the rest from elsewhere when the instance starts", len(data), maxUserData)
	}
}
