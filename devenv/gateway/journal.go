package gateway

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
)

// journal holds every call in memory and in a file. An entry that changes later is
// written again under its number: a held call ends, or an answer does not arrive.
// The last line of a number is valid.
type journal struct {
	mu      sync.Mutex
	file    *os.File
	entries []*Entry
	// owners are the owners of resources, by account and id.
	owners map[string]string
}

func openJournal(path string) (*journal, error) {
	j := &journal{owners: map[string]string{}}
	if path == "" {
		return j, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the journal: %w", err)
	}
	if err := j.readBack(file); err != nil {
		return nil, errors.Join(fmt.Errorf("reading the journal %s: %w", path, err), file.Close())
	}
	j.file = file
	return j, nil
}

// readBack loads the journal of earlier runs. A kill may leave an incomplete last
// line. readBack removes it, so that the next line begins at the start of a line.
func (j *journal) readBack(file *os.File) error {
	r := bufio.NewReader(file)
	good := int64(0)
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return file.Truncate(good)
		}
		if err != nil {
			return err
		}
		e := &Entry{}
		if err := json.Unmarshal(line, e); err != nil {
			return fmt.Errorf("parsing entry after %d: %w", len(j.entries), err)
		}
		if e.Seq <= int64(len(j.entries)) && e.Seq > 0 {
			j.entries[e.Seq-1] = e
		} else {
			j.entries = append(j.entries, e)
		}
		j.remember(e)
		good += int64(len(line))
	}
}

// record adds an entry and gives it its number.
func (j *journal) record(e *Entry) int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	kept := *e
	kept.Seq = int64(len(j.entries)) + 1
	j.entries = append(j.entries, &kept)
	j.remember(&kept)
	j.write(&kept)
	return kept.Seq
}

// amend replaces an entry by a changed copy, because readers may hold the old one.
func (j *journal) amend(seq int64, change func(*Entry)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	kept := *j.entries[seq-1]
	change(&kept)
	j.entries[seq-1] = &kept
	j.write(&kept)
}

func (j *journal) write(e *Entry) {
	if j.file == nil {
		return
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = j.file.Write(append(line, '\n'))
	}
	if err != nil {
		slog.Error("writing the journal", "seq", e.Seq, "error", err)
	}
}

// remember keeps the owner of a resource that a call creates or tags, and of a part that the call
// makes.
func (j *journal) remember(e *Entry) {
	if e.Owner == "" {
		return
	}
	var ids []string
	switch {
	case e.tags(), e.created() && e.Service == serviceIAM:
		// Later calls to IAM use the name, not the ARN that the create returned.
		ids = e.Resources
	case e.created():
		ids = e.Created
	}
	for _, id := range slices.Concat(ids, e.Parts) {
		j.owners[e.Account+"\x00"+id] = e.Owner
	}
}

// ownerOf returns the owner of a call: the one in the request's tags, or else
// the owner of the first resource that has one.
func (j *journal) ownerOf(c *call) string {
	if owner := c.ownerInTags(); owner != "" {
		return owner
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, id := range c.namedResources() {
		if owner := j.owners[c.identity.account()+"\x00"+id]; owner != "" {
			return owner
		}
	}
	return ""
}

func (j *journal) find(selects func(*Entry) bool) []*Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := []*Entry{}
	for _, e := range j.entries {
		if selects(e) {
			out = append(out, e)
		}
	}
	return out
}

func (j *journal) lastSeq() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return int64(len(j.entries))
}

// counts counts the calls, sorted by account, principal and action.
func (j *journal) counts(since int64) []Count {
	sums := map[Count]*Count{}
	for _, e := range j.find(Query{Since: since}.selects) {
		key := Count{Account: e.Account, Principal: e.Principal, Action: e.Action}
		if sums[key] == nil {
			sums[key] = &Count{Account: e.Account, Principal: e.Principal, Action: e.Action}
		}
		if e.Accepted {
			sums[key].Accepted++
		} else {
			sums[key].Refused++
		}
	}
	out := make([]Count, 0, len(sums))
	for _, c := range sums {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Count) int {
		return cmp.Or(strings.Compare(a.Account, b.Account), strings.Compare(a.Principal, b.Principal), strings.Compare(a.Action, b.Action))
	})
	return out
}

func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	if err := j.file.Close(); err != nil {
		return fmt.Errorf("closing the journal: %w", err)
	}
	return nil
}
