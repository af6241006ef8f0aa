package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// writeFile replaces a file as a whole or not at all, and leaves one alone whose
// content is no longer ours: somebody may have put work into it.
func writeFile(path string, content []byte, isOurs func([]byte) bool, notOurs string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return replace(path, content)
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", path)
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if bytes.Equal(old, content) {
		return nil
	}
	if !isOurs(old) {
		return fmt.Errorf("%s exists and is %s: remove it, or choose another file", path, notOurs)
	}
	return replace(path, content)
}

func replace(path string, content []byte) error {
	unfinished := fmt.Sprintf("%s.%d.tmp", path, os.Getpid())
	err := os.WriteFile(unfinished, content, 0o644)
	if err == nil {
		err = os.Rename(unfinished, path)
	}
	if err != nil {
		_ = os.Remove(unfinished)
	}
	return err
}

// fileName is where go:generate writes a type: leave_request_gen.go.
func fileName(typeName string) string {
	var name strings.Builder
	wasLower := false
	for _, r := range typeName {
		if unicode.IsUpper(r) && wasLower {
			name.WriteByte('_')
		}
		wasLower = !unicode.IsUpper(r)
		name.WriteRune(unicode.ToLower(r))
	}
	return name.String() + "_gen.go"
}

// packageOf is the package that a Go file at path belongs to: go generate's, that
// of the files beside it, or one named after the directory.
func packageOf(path, generating string) (string, error) {
	dir := "."
	if path != "-" {
		dir = filepath.Dir(path)
	}
	if generating != "" && dir == "." {
		return generating, nil
	}
	beside, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, entry := range beside {
		if name := entry.Name(); !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, entry.Name()), nil, parser.PackageClauseOnly)
		if err == nil {
			return file.Name.Name, nil
		}
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	name := strings.ToLower(filepath.Base(absolute))
	if !token.IsIdentifier(name) {
		return "", fmt.Errorf("--package is required: %q is no name of a package", name)
	}
	return name, nil
}
