// Command codegen writes the Go types of the kinds in the packages below apis, their deep copies,
// and the CustomResourceDefinitions in config/crd. The tables in apis/testdata provide the fields.
// The AWS SDK provides the names of structs and the values of enumerations. Codegen's own tables
// provide the rest.
//
// Run it from the root of the repository:
//
//	go run -C devenv/tools/codegen .
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", "../../..", "folder of the repository")
	flag.Parse()
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "codegen:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	testdata := filepath.Join(root, "apis", "testdata")
	known, err := loadFacts(filepath.Join(testdata, "ack-crd-names.tsv"),
		filepath.Join(testdata, "ack-crd-fields.tsv"), filepath.Join(testdata, "tack-crd-fields.tsv"))
	if err != nil {
		return err
	}
	groups := groups()
	for i := range groups {
		g := &groups[i]
		if err := g.join(known); err != nil {
			return err
		}
		s, err := findShapes(g.kinds)
		if err != nil {
			return err
		}
		dir := filepath.Join(root, "apis", g.service, version)
		if err := writeFiles(dir, g.files(s)); err != nil {
			return err
		}
	}
	if err := writeFiles(filepath.Join(root, "apis"), map[string]string{"list.go": listFile(groups)}); err != nil {
		return err
	}
	return controllerGen(root)
}

// join adds the facts to every row of the table, and checks that the table contains all kinds of
// the group.
func (g *group) join(known []*facts) error {
	byName := map[string]*facts{}
	for _, f := range known {
		if f.group == g.name() {
			byName[f.kind] = f
		}
	}
	for i := range g.kinds {
		k := &g.kinds[i]
		k.facts = byName[k.name]
		if k.facts == nil {
			return fmt.Errorf("joining tables: no facts about %s.%s", g.service, k.name)
		}
		k.values = map[string][]string{}
		delete(byName, k.name)
	}
	for name := range byName {
		return fmt.Errorf("joining tables: %s.%s is not in the table", g.service, name)
	}
	return nil
}
