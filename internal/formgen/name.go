package formgen

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// maxName bounds a derived name, which follows a label of any length.
const maxName = 48

// goName turns a label into an exported Go name: each Chinese character becomes
// its pinyin, letters and digits stay, and everything else separates words. It
// is empty when nothing is left, and starts with a digit when the label does.
func goName(label string) string {
	var name strings.Builder
	for word := range words(label) {
		word = firstRunes(title(word), maxName)
		if name.Len() > 0 && name.Len()+len(word) > maxName {
			break
		}
		name.WriteString(word)
	}
	return name.String()
}

// words are the parts of a label that begin with a capital in a Go name.
func words(label string) iter.Seq[string] {
	return func(yield func(string) bool) {
		var word []rune
		// flush ends the word before the next one, and reports that more is wanted.
		flush := func(next ...rune) bool {
			ended := string(word)
			word = next
			return ended == "" || yield(ended)
		}
		for _, r := range label {
			r = halfWidth(r)
			isCamel := unicode.IsUpper(r) && len(word) > 0 && unicode.IsLower(word[len(word)-1]) // userName
			more := true
			switch {
			case unicode.Is(unicode.Han, r):
				more = flush([]rune(syllable(r))...) && flush()
			case isCamel:
				more = flush(r)
			case unicode.IsUpper(r), unicode.IsLower(r), '0' <= r && r <= '9':
				word = append(word, r)
			default:
				more = flush()
			}
			if !more {
				return
			}
		}
		flush()
	}
}

// halfWidth turns the full-width letters of Chinese keyboards (ＰＯ) into ASCII.
func halfWidth(r rune) rune {
	const first, last = '！', '～'
	if first <= r && r <= last {
		return r - first + '!'
	}
	return r
}

// syllable is the commonest reading of a character without its tone, with v for
// ü; empty for a character that is too rare.
func syllable(r rune) string {
	if readings := pinyin.SinglePinyin(r, pinyin.Args{Style: pinyin.Normal}); len(readings) > 0 {
		return readings[0]
	}
	return ""
}

// title writes a word as a part of a Go name: Name, ID, Po.
func title(word string) string {
	upper := strings.ToUpper(word)
	if isInitialism(upper) {
		return upper
	}
	runes := []rune(word)
	rest := string(runes[1:])
	if word == upper {
		rest = strings.ToLower(rest)
	}
	return string(unicode.ToUpper(runes[0])) + rest
}

// isInitialism knows the abbreviations that Go writes in capitals.
func isInitialism(upper string) bool {
	return slices.Contains([]string{
		"API", "ASCII", "CPU", "CSS", "CSV", "DNS", "HTML", "HTTP", "HTTPS", "ID", "IP", "JSON", "PDF", "SKU", "SQL", "SSH",
		"TCP", "TLS", "UDP", "UI", "URI", "URL", "UTF8", "UUID", "VM", "XML",
	}, upper)
}

func firstRunes(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}

// scope holds the names that are taken.
type scope map[string]bool

// add takes a name, with a number when somebody else has it.
func (s scope) add(name string) string {
	unique := name
	for i := 2; s[unique]; i++ {
		unique = numbered(name, i)
	}
	s[unique] = true
	return unique
}

func numbered(name string, i int) string {
	if last := name[len(name)-1]; '0' <= last && last <= '9' {
		name += "_" // Q1_2 is the second Q1
	}
	return name + strconv.Itoa(i)
}
