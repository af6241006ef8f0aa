// Command operations generates what follows from the tables in api/, and checks
// that the service methods of the root package agree with them.
//
//	go run ./operations -root ..         write
//	go run ./operations -root .. -check  fail when a file is stale
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", "..", "root of the repository")
	check := flag.Bool("check", false, "write nothing, fail when a file is stale")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	t, err := load(root)
	if err != nil {
		return err
	}
	services, err := parseServices(root)
	if err != nil {
		return err
	}
	problems := []error{t.checkServices(services)}
	type output struct {
		path   string
		render func() ([]byte, error)
	}
	outputs := []output{
		{"operation/operations_gen.go", func() ([]byte, error) { return renderOperations(t) }},
		{"requests_gen.go", func() ([]byte, error) { return renderRequests(root) }},
		{"errors_gen.go", func() ([]byte, error) { return renderErrors(t) }},
		{"internal/limit/limit_gen.go", func() ([]byte, error) { return renderLimits(t) }},
		{"internal/spec/spec_gen.json", func() ([]byte, error) { return renderSpec(t) }},
		{"docs/API.md", func() ([]byte, error) { return renderReference(t, services), nil }},
	}
	families, err := familyDirs(root)
	if err != nil {
		return err
	}
	for _, dir := range families {
		outputs = append(outputs, output{dir + "/requests_gen.go", func() ([]byte, error) { return renderRequests(filepath.Join(root, dir)) }})
	}
	for _, output := range outputs {
		data, err := output.render()
		if err != nil {
			return fmt.Errorf("%s: %w", output.path, err)
		}
		if data == nil {
			continue
		}
		problems = append(problems, save(filepath.Join(root, output.path), data, check))
	}
	return errors.Join(problems...)
}

// save writes data to path or, with check, compares.
func save(path string, data []byte, check bool) error {
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, data) {
		return nil
	}
	if check {
		return fmt.Errorf("%s is stale: run make generate and commit it", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
