// Command dingoa works with DingTalk OA approval (钉钉 OA 审批) from the command
// line: dingoa serve runs an emulated DingTalk for programs in any language, dingoa
// gen writes the Go struct of a form.
//
//	go run github.com/dingoa/dingoa/cmd/dingoa@latest help
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		signal.Stop(signals) // a second one kills
		cancel()
	}()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// The exit codes.
const (
	exitOK      = 0
	exitFailure = 1 // of what was asked for
	exitUsage   = 2 // nothing was done
)

// run is the whole program.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot(ctx, getenv)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	command, err := root.ExecuteC()
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(stderr, "%s: %v\n", command.CommandPath(), err)
	if errors.As(err, new(failure)) {
		return exitFailure
	}
	fmt.Fprintf(stderr, "Run '%s --help' for how to use it.\n", command.CommandPath())
	return exitUsage
}

// failure marks an error of a command's work; every other one is of its usage.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

func failed(err error) error {
	if err == nil {
		return nil
	}
	return failure{err}
}

func newRoot(ctx context.Context, getenv func(string) string) *cobra.Command {
	root := &cobra.Command{
		Use:           "dingoa",
		Short:         "Work with DingTalk OA approval (钉钉 OA 审批)",
		Version:       version(),
		SilenceErrors: true, // run prints them
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(newServe(ctx, getenv), newGen(ctx, getenv), newVersion())
	return root
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), version())
			return failed(err)
		},
	}
}

// version is the module's version, or the commit it was built from, and Go's.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dingoa (unknown version)"
	}
	isRevision := func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" }
	version := info.Main.Version
	if i := slices.IndexFunc(info.Settings, isRevision); i >= 0 && version == "(devel)" {
		version += " " + info.Settings[i].Value
	}
	return "dingoa " + version + " " + info.GoVersion
}
