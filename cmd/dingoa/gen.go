package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/form"
	"github.com/dingoa/dingoa/internal/formgen"
	"github.com/dingoa/dingoa/operation"
)

// gen is one run of dingoa gen.
type gen struct {
	getenv  func(string) string
	service serviceFlags

	processCode string
	typeName    string
	packageName string
	output      string // a path, or "-"
	schema      string // a path, "-", or empty for the service
	saveSchema  string
	names       []string
	ids         bool
}

func newGen(ctx context.Context, getenv func(string) string) *cobra.Command {
	g := &gen{getenv: getenv}
	cmd := &cobra.Command{
		Use:   "gen --process-code PROC-… --type LeaveRequest [-o leave.go]",
		Short: "Write the Go struct of a form",
		Long: `Write the Go struct of a form, for form.Marshal and form.Unmarshal: fields with
tags, a type for the rows of each table, and constants for the options.

The form comes from DingTalk, or from a file that --save-schema wrote. A file
that dingoa gen did not write is never overwritten. Chinese labels become pinyin;
--name gives a better name to a label, an option, or the id of a component.

The tags name components by their labels, so that the struct fits the same form in
every company; where two components share a label, by their ids, too. With --ids
all have them: a renamed label does no harm then, but the struct fits one company.

In a //go:generate line --package and -o may be left out: the file is written
beside the line, named after the type.`,
		Example: `  export DINGTALK_APP_KEY=… DINGTALK_APP_SECRET=…
  dingoa gen --process-code PROC-… --type LeaveRequest -o leave.go --save-schema leave.json
  dingoa gen --schema leave.json --type LeaveRequest -o leave.go --name 请假类型=Kind --name 年假=Annual

  //go:generate go run github.com/dingoa/dingoa/cmd/dingoa@latest gen --schema leave.json --type LeaveRequest`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return g.run(ctx, cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&g.processCode, "process-code", "", "code of the form ($"+envProcessCode+", or the schema file's)")
	flags.StringVar(&g.typeName, "type", "", "Go name of the struct; required")
	flags.StringVarP(&g.output, "output", "o", "", `Go file to write, "-" for the standard output (default)`)
	flags.StringVar(&g.packageName, "package", "", "package of the Go file ($GOPACKAGE, or that of the files beside it)")
	flags.StringVar(&g.schema, "schema", "", `read the form from this JSON file, "-" for the standard input`)
	flags.StringVar(&g.saveSchema, "save-schema", "", "write the form as DingTalk sent it to this JSON file")
	flags.StringArrayVar(&g.names, "name", nil, "label=GoName for a component, or option=GoName; repeatable")
	flags.BoolVar(&g.ids, "ids", false, "name every component by its id, too: for the form of one company")
	g.service.register(cmd)
	return cmd
}

func (g *gen) run(ctx context.Context, cmd *cobra.Command) error {
	if err := g.applyDefaults(); err != nil {
		return err
	}
	names, err := parseNames(g.names)
	if err != nil {
		return err
	}
	return failed(g.generate(ctx, cmd, names))
}

// applyDefaults completes the flags, and reports those that do not fit.
func (g *gen) applyDefaults() error {
	if g.typeName == "" {
		return errors.New("--type is required: the Go name of the struct, such as LeaveRequest")
	}
	if g.schema != "" && g.saveSchema != "" {
		return errors.New("--save-schema saves what DingTalk sent, so it does not go with --schema")
	}
	if g.schema == "" { // a file knows its code
		g.processCode = cmp.Or(g.processCode, g.getenv(envProcessCode))
		if g.processCode == "" {
			return errors.New("--process-code or --schema is required: the form to write")
		}
	}
	if g.output == "" && g.getenv("GOFILE") != "" { // go generate
		g.output = fileName(g.typeName)
	}
	g.output = cmp.Or(g.output, "-")
	if g.packageName == "" {
		name, err := packageOf(g.output, g.getenv("GOPACKAGE"))
		if err != nil {
			return err
		}
		g.packageName = name
	}
	return nil
}

// parseNames reads label=GoName. A label may have "=" in it, a Go name has not.
func parseNames(flags []string) (map[string]string, error) {
	names := map[string]string{}
	for _, flag := range flags {
		at := strings.LastIndex(flag, "=")
		if at <= 0 || at == len(flag)-1 {
			return nil, fmt.Errorf("--name %q: want label=GoName", flag)
		}
		label, name := flag[:at], flag[at+1:]
		if other, ok := names[label]; ok && other != name {
			return nil, fmt.Errorf("--name %q: %s is to be %s already", flag, label, other)
		}
		names[label] = name
	}
	return names, nil
}

func (g *gen) generate(ctx context.Context, cmd *cobra.Command, names map[string]string) error {
	data, err := g.readSchema(ctx, cmd.InOrStdin())
	if err != nil {
		return err
	}
	schema, err := form.ParseSchema(data)
	if err != nil {
		return fmt.Errorf("%s: %w", cmp.Or(g.schema, g.processCode), err)
	}
	if schema.ProcessCode == "" {
		schema.ProcessCode = g.processCode
	}
	if g.processCode != "" && g.processCode != schema.ProcessCode {
		return fmt.Errorf("%s is the schema of %s, not of %s", g.schema, schema.ProcessCode, g.processCode)
	}
	source, err := formgen.Generate(schema, formgen.Config{Package: g.packageName, Type: g.typeName, Names: names, IDs: g.ids})
	if err != nil {
		return err
	}
	if g.saveSchema != "" {
		if err := writeFile(g.saveSchema, data, isSchema, "no schema of a form"); err != nil {
			return err
		}
	}
	if g.output == "-" {
		_, err := cmd.OutOrStdout().Write(source)
		return err
	}
	return writeFile(g.output, source, formgen.IsGenerated, "not written by dingoa gen")
}

// readSchema is the JSON of the form.
func (g *gen) readSchema(ctx context.Context, stdin io.Reader) ([]byte, error) {
	switch g.schema {
	case "":
		return g.fetchSchema(ctx)
	case "-":
		return io.ReadAll(stdin)
	}
	return os.ReadFile(g.schema)
}

// fetchSchema uses Call where Templates.Schema would do, because a saved schema
// keeps what the SDK does not know.
func (g *gen) fetchSchema(ctx context.Context) ([]byte, error) {
	client, err := g.service.client(g.getenv)
	if err != nil {
		return nil, err
	}
	var reply struct {
		Result json.RawMessage `json:"result"`
	}
	err = client.Call(ctx, operation.QuerySchemaByProcessCode, dingoa.SchemaRequest{ProcessCode: g.processCode}, &reply)
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	err = json.Indent(&data, reply.Result, "", "  ")
	data.WriteByte('\n')
	return data.Bytes(), err
}

func isSchema(content []byte) bool {
	_, err := form.ParseSchema(content)
	return err == nil
}
