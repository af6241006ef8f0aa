// Command ratios measures all pairs in interleaved rounds and prints, as
// Markdown, which goals are met. With -write it also puts that into README.md.
// Run it in the directory of the module:
//
//	go run ./ratios -write
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 25, "rounds; each measures every pair once in both ways")
	each := flag.Duration("time", 100*time.Millisecond, "time of one measurement")
	write := flag.Bool("write", false, "rewrite the tables in README.md")
	flag.Parse()
	if err := run(*rounds, *each, *write); err != nil {
		fmt.Fprintln(os.Stderr, "ratios:", err)
		os.Exit(1)
	}
}

func run(rounds int, each time.Duration, write bool) error {
	if rounds < 1 || each <= 0 {
		return fmt.Errorf("-rounds %d and -time %v must be positive", rounds, each)
	}
	pairs, err := measurePairs(rounds, each)
	if err != nil {
		return err
	}
	tokens, err := measureTokens(rounds, each)
	if err != nil {
		return err
	}
	costs, err := measureCosts()
	if err != nil {
		return err
	}
	streams, err := measureStreams()
	if err != nil {
		return err
	}
	text := report(rounds, each, pairs, tokens, costs, streams)
	fmt.Print(text)
	if !write {
		return nil
	}
	return rewrite("README.md", text)
}
