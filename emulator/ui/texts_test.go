package ui_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// textsOf reads the dictionary: a line for each key, with Chinese and English.
func textsOf(t *testing.T, dictionary string) map[string][2]string {
	t.Helper()
	line := regexp.MustCompile(`^  "([^"]+)": \["((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\],$`)
	texts := map[string][2]string{}
	inside := false
	for text := range strings.SplitSeq(dictionary, "\n") {
		switch {
		case text == "export const texts = {" || text == "};":
			inside = !inside
		case inside && text != "":
			match := line.FindStringSubmatch(text)
			require.NotNil(t, match, "is no key with two texts: %s", text)
			require.NotContains(t, texts, match[1], "twice")
			texts[match[1]] = [2]string{match[2], match[3]}
		}
	}
	require.NotEmpty(t, texts)
	return texts
}

func TestTextsAreInBothLanguages(t *testing.T) {
	t.Parallel()
	han := regexp.MustCompile(`\p{Han}`)
	values := regexp.MustCompile(`\{\w+\}`)
	for key, text := range textsOf(t, sources(t)["texts.js"]) {
		require.NotEmpty(t, text[0], key)
		require.NotEmpty(t, text[1], key)
		require.NotRegexp(t, han, text[1], "%s: Chinese among the English texts", key)
		for i := range text {
			used := values.FindAllString(text[1-i], -1)
			require.ElementsMatch(t, used, values.FindAllString(text[i], -1), "%s: different values", key)
		}
	}
}

// Every text that is asked for exists, and every one is asked for.
func TestTextsAreUsed(t *testing.T) {
	t.Parallel()
	found := sources(t)
	texts := textsOf(t, found["texts.js"])
	fixed := regexp.MustCompile(`(?:\bt\(|text: )"([a-zA-Z]+(?:\.[a-zA-Z-]+)*)"`)
	choice := regexp.MustCompile(`\bt\([^"()]* \? "([^"]+)" : "([^"]+)"`)
	made := regexp.MustCompile("(?:named|badge)\\(\"([a-zA-Z]+)\"|(?:\\bt|known)\\(`([a-zA-Z]+)\\.\\$\\{")
	var keys, prefixes []string
	for asset, content := range found {
		if asset == "texts.js" {
			continue
		}
		for _, match := range fixed.FindAllStringSubmatch(content, -1) {
			keys = append(keys, match[1])
		}
		for _, match := range choice.FindAllStringSubmatch(content, -1) {
			keys = append(keys, match[1], match[2])
		}
		for _, match := range made.FindAllStringSubmatch(content, -1) {
			prefixes = append(prefixes, match[1]+match[2]+".")
		}
	}
	for _, key := range keys {
		require.Contains(t, texts, key)
	}
	for key := range texts {
		isMade := slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
		require.True(t, isMade || slices.Contains(keys, key), "nobody uses %s", key)
	}
	for _, prefix := range prefixes {
		isPrefix := slices.ContainsFunc(slices.Collect(maps.Keys(texts)), func(key string) bool { return strings.HasPrefix(key, prefix) })
		require.True(t, isPrefix, "there is no text %s…", prefix)
	}
}
