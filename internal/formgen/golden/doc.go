// Package golden is the output of dingoa gen for a form with every component. It
// is compiled and filled in by the tests of formgen.
package golden

//go:generate go run ../../../cmd/dingoa gen --schema ../testdata/every.json --type EveryComponent
