package repotest

import (
	"fmt"
	"os"
	"testing"
)

// TestMain lets every path of the tests begin at the root of the repository.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
