// Package manifest reads objects from files, folders and standard input, as kubectl does.
package manifest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// endings are the names of files that a folder is read for.
var endings = []string{".yaml", ".yml", ".json"}

// document is one document of a file.
type document struct {
	where string // "main.yaml, document 2"
	u     *unstructured.Unstructured
}

// documents reads the documents of a file, of the files below a folder, or of standard input ("-").
func documents(path string, stdin io.Reader) ([]document, error) {
	if path == "-" {
		return split("standard input", stdin)
	}
	var all []document
	err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || file != path && !slices.Contains(endings, strings.ToLower(filepath.Ext(file))) {
			return err
		}
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		found, err := split(file, f)
		all = append(all, found...)
		return err
	})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s: has no object", path)
	}
	return all, err
}

// split reads the documents of one file. Lists are taken apart.
func split(name string, from io.Reader) (all []document, err error) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(from))
	for n := 1; ; n++ {
		text, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		where := fmt.Sprintf("%s, document %d", name, n)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", where, err)
		}
		found, err := parse(where, text)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", where, err)
		}
		all = append(all, found...)
	}
}

// parse reads one document; an empty one has no object.
func parse(where string, text []byte) (all []document, err error) {
	raw, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return nil, err
	}
	if string(raw) == "null" {
		return nil, nil
	}
	var u unstructured.Unstructured
	if err = yaml.Unmarshal(raw, &u.Object); err != nil {
		return nil, fmt.Errorf("want an object: %w", err)
	}
	if u.GetKind() != "List" {
		return []document{{where, &u}}, nil
	}
	items, _, err := unstructured.NestedSlice(u.Object, "items")
	if err != nil {
		return nil, fmt.Errorf("items: %w", err)
	}
	for i, item := range items {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("items[%d]: want an object, got %T", i, item)
		}
		all = append(all, document{fmt.Sprintf("%s, items[%d]", where, i), &unstructured.Unstructured{Object: object}})
	}
	return all, nil
}
