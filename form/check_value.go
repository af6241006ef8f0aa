package form

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// problem says what is wrong with a value of the component, empty when nothing
// is. A type that this version does not know takes anything.
func (c *Component) problem(value string) string {
	switch c.Type {
	case numberField, moneyField, calculateField:
		if !isDecimal(value) {
			return fmt.Sprintf("must be a number such as 12.50, got %q", clip(value))
		}
	case selectField:
		return c.choiceProblem(value)
	case multiSelectField:
		return c.choicesProblem(value)
	case dateField:
		_, problem := c.date(value)
		return problem
	case dateRangeField:
		return c.rangeProblem(value)
	case phoneField:
		return phoneProblem(value)
	case photoField:
		return photosProblem(value)
	case attachmentField:
		return attachmentsProblem(value)
	case contactField:
		return c.contactsProblem(value)
	case departmentField:
		return c.departmentsProblem(value)
	case relateField:
		return relatedProblem(value)
	case addressField:
		return addressProblem(value)
	case starField:
		return c.starsProblem(value)
	case locationField:
		return locationProblem(value)
	}
	return ""
}

func (c *Component) offers(option string) bool {
	return len(c.Options) == 0 || c.OtherOption || slices.Contains(c.Options, option)
}

func (c *Component) choiceProblem(value string) string {
	if len(c.Options) > 0 && !slices.Contains(c.Options, value) {
		if several, ok := textList(value); ok {
			return fmt.Sprintf("takes the text of one option, got a JSON array of %d", len(several))
		}
	}
	if !c.offers(value) {
		return fmt.Sprintf("must be one of %s, got %q", listOf(c.Options), clip(value))
	}
	return ""
}

func (c *Component) choicesProblem(value string) string {
	chosen, ok := textList(value)
	if !ok {
		return fmt.Sprintf(`must be a JSON array of option texts such as ["a","b"], also for one, got %q`, clip(value))
	}
	for _, option := range chosen {
		if !c.offers(option) {
			return fmt.Sprintf("must be of %s, got %q", listOf(c.Options), clip(option))
		}
	}
	return ""
}

// layouts are the precisions that the component takes; none when this version
// does not know its format.
func (c *Component) layouts() []string {
	switch c.Format {
	case "yyyy-MM-dd":
		return []string{dayLayout}
	case "yyyy-MM-dd HH:mm", "yyyy-MM-dd hh:mm":
		return []string{minuteLayout}
	case "":
		return []string{dayLayout, minuteLayout}
	}
	return nil
}

// date reads a date of the component's precision.
func (c *Component) date(text string) (_ time.Time, problem string) {
	layouts := c.layouts()
	if layouts == nil {
		return time.Time{}, ""
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, ""
		}
	}
	if d, err := parseDate(text, time.UTC); err == nil && d.Half != "" && c.Format == "" { // suites tell no format
		return d.Time, ""
	}
	for _, layout := range []string{dayLayout, minuteLayout, secondLayout} {
		if _, err := time.Parse(layout, text); err == nil {
			return time.Time{}, fmt.Sprintf("must be as precise as %s, got %q", strings.Join(layouts, " or "), text)
		}
	}
	return time.Time{}, fmt.Sprintf("must be a date such as %s, got %q", strings.Join(layouts, " or "), clip(text))
}

func (c *Component) rangeProblem(value string) string {
	ends, ok := textList(value)
	if !ok || len(ends) != 2 {
		return fmt.Sprintf("must be a JSON array of start and end, got %q", clip(value))
	}
	if ends[0] == "" || ends[1] == "" {
		return "needs both start and end"
	}
	start, problem := c.date(ends[0])
	if problem != "" {
		return "start " + problem
	}
	end, problem := c.date(ends[1])
	if problem != "" {
		return "end " + problem
	}
	if end.Before(start) {
		return fmt.Sprintf("ends at %s, before it starts at %s", ends[1], ends[0])
	}
	return ""
}

// phoneProblem: foreign numbers have the country's code, +86 may be left out.
func phoneProblem(value string) string {
	digits := 0
	for _, r := range value {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-() ", r):
			return fmt.Sprintf("must be a phone number, got %q", clip(value))
		}
	}
	if digits < 3 {
		return fmt.Sprintf("must be a phone number, got %q", clip(value))
	}
	return ""
}

func photosProblem(value string) string {
	photos, ok := textList(value)
	switch {
	case !ok || slices.Contains(photos, ""):
		return fmt.Sprintf("must be a JSON array of addresses, also for one image, got %q", clip(value))
	case len(photos) > maxListed:
		return fmt.Sprintf("must have at most %d images, has %d", maxListed, len(photos))
	}
	return ""
}

func attachmentsProblem(value string) string {
	var files []Attachment
	if err := json.Unmarshal([]byte(value), &files); err != nil {
		return "must be a JSON array of {spaceId,fileName,fileSize,fileType,fileId}"
	}
	for i, f := range files {
		for name, text := range map[string]string{"spaceId": f.SpaceID, "fileId": f.FileID, "fileName": f.FileName} {
			if text == "" {
				return fmt.Sprintf("file %d has no %s", i, name)
			}
		}
	}
	return ""
}

func (c *Component) contactsProblem(value string) string {
	people, ok := textListOrOne(value)
	switch {
	case !ok || slices.Contains(people, ""):
		return fmt.Sprintf("must be a JSON array of user ids, got %q", clip(value))
	case len(people) > 1 && !c.Multiple:
		return fmt.Sprintf("takes one person, got %d", len(people))
	}
	return ""
}

// departmentsProblem: ids are joined with commas, or a JSON array of texts or
// numbers.
func (c *Component) departmentsProblem(value string) string {
	ids := strings.Split(value, ",")
	if items, ok := jsonArray([]byte(value)); ok {
		ids = nil
		for _, item := range items {
			ids = append(ids, plainText(item))
		}
	}
	for _, id := range ids {
		if _, err := strconv.ParseInt(strings.TrimSpace(id), 10, 64); err != nil {
			return fmt.Sprintf("must be department ids joined with commas, got %q", clip(value))
		}
	}
	if len(ids) > 1 && !c.Multiple {
		return fmt.Sprintf("takes one department, got %d", len(ids))
	}
	return ""
}

func relatedProblem(value string) string {
	ids, ok := textListOrOne(value)
	switch {
	case !ok || slices.Contains(ids, ""):
		return fmt.Sprintf("must be a JSON array of instance ids, got %q", clip(value))
	case len(ids) > maxListed:
		return fmt.Sprintf("must have at most %d approvals, has %d", maxListed, len(ids))
	}
	return ""
}

// addressProblem: not every city has districts, so that two names may do.
func addressProblem(value string) string {
	if parts, ok := textList(value); ok {
		value = strings.Join(parts, ",")
	}
	names := strings.Split(value, ",")
	if len(names) < 2 || strings.TrimSpace(names[0]) == "" || strings.TrimSpace(names[1]) == "" {
		return fmt.Sprintf("must be province, city and what follows, joined with commas, got %q", clip(value))
	}
	return ""
}

func (c *Component) starsProblem(value string) string {
	most := c.MaxStars
	if most == 0 {
		most = defaultMaxStars
	}
	if stars, err := strconv.Atoi(value); err != nil || stars < 1 || stars > most {
		return fmt.Sprintf("must be 1 to %d stars, got %q", most, clip(value))
	}
	return ""
}

func locationProblem(value string) string {
	items, ok := jsonArray([]byte(value))
	if !ok || len(items) < 4 || len(items) > 5 {
		return "must be a JSON array of time, longitude, latitude, address and accuracy"
	}
	var at, address string
	var longitude, latitude float64
	for i, into := range []any{&at, &longitude, &latitude, &address} {
		if err := json.Unmarshal(items[i], into); err != nil {
			return "must be a JSON array of time (text), longitude, latitude (numbers), address (text) and accuracy"
		}
	}
	if _, err := time.Parse(secondLayout, at); err != nil {
		return fmt.Sprintf("must have a time such as %s, got %q", secondLayout, clip(at))
	}
	if longitude < -180 || longitude > 180 || latitude < -90 || latitude > 90 {
		return fmt.Sprintf("must have a longitude of -180 to 180 and a latitude of -90 to 90 degrees, got %v and %v", longitude, latitude)
	}
	return ""
}

// textList reads a JSON array of texts.
func textList(value string) ([]string, bool) {
	var list []*string
	if json.Unmarshal([]byte(value), &list) != nil || list == nil {
		return nil, false
	}
	found := make([]string, len(list))
	for i, text := range list {
		if text == nil {
			return nil, false
		}
		found[i] = *text
	}
	return found, true
}

// textListOrOne accepts one text that stands alone, too.
func textListOrOne(value string) ([]string, bool) {
	if !strings.HasPrefix(strings.TrimSpace(value), "[") {
		return []string{value}, true
	}
	return textList(value)
}
