package emulator

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// maxListed is how many images or approvals a component takes.
const maxListed = 9

var (
	numberPattern = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
	phonePattern  = regexp.MustCompile(`^\+?[0-9][0-9 ()-]+[0-9]$`)
)

// flaw says what is wrong with a value; the zero flaw is nothing. A type that no
// page names takes anything.
func (s *Server) flaw(c company.Component, value string) flaw {
	switch c.Type {
	case "NumberField", "MoneyField", "CalculateField":
		return unless(numberPattern.MatchString(value), flaw{kind: noNumber})
	case "DDSelectField", "DDMultiSelectField":
		return optionsFlaw(c, value)
	case "DDDateField":
		_, wrong := parseDate(c, value)
		return wrong
	case "DDDateRangeField":
		return rangeFlaw(c, value)
	case "PhoneField":
		return unless(phonePattern.MatchString(value), flaw{kind: noPhone})
	case "DDPhotoField":
		return listFlaw(value, flaw{kind: noImages})
	case "DDAttachment":
		return s.attachmentsFlaw(value)
	case "InnerContactField":
		return s.contactsFlaw(c, value)
	case "DepartmentField":
		return s.departmentsFlaw(c, value)
	case "RelateField":
		return s.relatedFlaw(value)
	case "AddressField":
		return addressFlaw(value)
	case "StarRatingField":
		return starsFlaw(c, value)
	case "TimeAndLocationField":
		return locationFlaw(value)
	}
	return flaw{}
}

func unless(good bool, f flaw) flaw {
	if good {
		return flaw{}
	}
	return f
}

// optionsProblem refuses a choice that the form does not offer.
func optionsFlaw(c company.Component, value string) flaw {
	chosen := []string{value}
	if c.Type == "DDMultiSelectField" {
		list, ok := textList(value)
		if !ok {
			return flaw{kind: noOptions}
		}
		chosen = list
	}
	if len(c.Options) == 0 || c.OtherOption {
		return flaw{}
	}
	for _, option := range chosen {
		if !slices.Contains(c.Options, option) {
			return flaw{optionNotOffered, option}
		}
	}
	return flaw{}
}

// parseDate reads a date in the component's format, or in either.
func parseDate(c company.Component, value string) (time.Time, flaw) {
	formats := []string{"yyyy-MM-dd", "yyyy-MM-dd HH:mm"}
	if c.Format != "" {
		formats = []string{c.Format}
	}
	for _, format := range formats {
		layout := map[string]string{"yyyy-MM-dd": "2006-01-02", "yyyy-MM-dd HH:mm": "2006-01-02 15:04"}[format]
		if t, err := time.Parse(layout, value); err == nil && layout != "" {
			return t, flaw{}
		}
	}
	return time.Time{}, flaw{noDate, dateFormats(strings.Join(formats, " or "))}
}

func rangeFlaw(c company.Component, value string) flaw {
	ends, ok := textList(value)
	if !ok || len(ends) != 2 {
		return flaw{kind: noDateRange}
	}
	start, wrong := parseDate(c, ends[0])
	if wrong != (flaw{}) {
		return wrong
	}
	end, wrong := parseDate(c, ends[1])
	if wrong != (flaw{}) {
		return wrong
	}
	return unless(!end.Before(start), flaw{kind: endBeforeStart})
}

func listFlaw(value string, wrong flaw) flaw {
	items, ok := textList(value)
	switch {
	case !ok || slices.Contains(items, ""):
		return wrong
	case len(items) > maxListed:
		return flaw{tooManyListed, maxListed}
	}
	return flaw{}
}

// attachmentsProblem wants files of the approval space.
func (s *Server) attachmentsFlaw(value string) flaw {
	var files []map[string]any
	if json.Unmarshal([]byte(value), &files) != nil {
		return flaw{kind: noAttachments}
	}
	for _, file := range files {
		for _, name := range []string{"spaceId", "fileName", "fileSize", "fileType", "fileId"} {
			if _, isText := file[name].(string); !isText {
				return flaw{attachmentLacks, name}
			}
		}
		_, exists := s.drive.files[text(file["fileId"])]
		if file["spaceId"] != spaceText || !exists {
			return flaw{attachmentMissing, text(file["fileId"])}
		}
	}
	return flaw{}
}

func (s *Server) contactsFlaw(c company.Component, value string) flaw {
	ids, ok := oneOrMany(value)
	switch {
	case !ok:
		return flaw{kind: noContacts}
	case len(ids) > 1 && !c.Multiple:
		return flaw{kind: oneContactOnly}
	}
	for _, id := range ids {
		if !s.present(id) {
			return flaw{contactMissing, id}
		}
	}
	return flaw{}
}

func (s *Server) departmentsFlaw(c company.Component, value string) flaw {
	ids, ok := departmentIDs(value)
	switch {
	case !ok:
		return flaw{kind: noDepartments}
	case len(ids) > 1 && !c.Multiple:
		return flaw{kind: oneDepartmentOnly}
	}
	for _, id := range ids {
		if !s.company.hasDepartment(id) {
			return flaw{departmentUnknown, id}
		}
	}
	return flaw{}
}

// hasDepartment finds departments that have a name or members; the root is
// always there.
func (co *organisation) hasDepartment(id int64) bool {
	if id == company.RootDept || id == rootDeptContacts {
		return true
	}
	if _, ok := co.departments[id]; ok {
		return true
	}
	for _, u := range co.users {
		if slices.Contains(u.DeptIDs, id) {
			return true
		}
	}
	return false
}

func (s *Server) relatedFlaw(value string) flaw {
	ids, ok := oneOrMany(value)
	switch {
	case !ok:
		return flaw{kind: noRelated}
	case len(ids) > maxListed:
		return flaw{tooManyListed, maxListed}
	}
	for _, id := range ids {
		if s.instances[id] == nil {
			return flaw{relatedMissing, id}
		}
	}
	return flaw{}
}

// addressProblem: which names there are, the emulator does not know.
func addressFlaw(value string) flaw {
	if names, ok := textList(value); ok {
		value = strings.Join(names, ",")
	}
	names := strings.Split(value, ",")
	return unless(len(names) > 1 && !slices.Contains(names, ""), flaw{kind: noAddress})
}

func starsFlaw(c company.Component, value string) flaw {
	most := c.MaxStars
	if most == 0 {
		most = 10
	}
	stars, err := strconv.Atoi(value)
	return unless(err == nil && stars >= 1 && stars <= most, flaw{noStars, most})
}

func locationFlaw(value string) flaw {
	var items []any
	if json.Unmarshal([]byte(value), &items) != nil || len(items) < 4 || len(items) > 5 {
		return flaw{kind: noLocation}
	}
	_, err := time.Parse(time.DateTime, text(items[0]))
	longitude, isNumber := items[1].(float64)
	latitude, isNumberToo := items[2].(float64)
	inRange := longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90
	return unless(err == nil && isNumber && isNumberToo && inRange && text(items[3]) != "", flaw{kind: wrongLocation})
}

// departmentIDs reads ids joined with commas, or a JSON array of them.
func departmentIDs(value string) ([]int64, bool) {
	var ids []int64
	for id := range strings.SplitSeq(strings.NewReplacer("[", "", "]", "", `"`, "").Replace(value), ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(id), 10, 64)
		if err != nil {
			return nil, false
		}
		ids = append(ids, n)
	}
	return ids, true
}
