package emulator

import (
	"encoding/json"
	"fmt"
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

// problem says, in the vendor's language, what is wrong with a value; empty when
// nothing is. A type that no page names takes anything.
func (s *Server) problem(c company.Component, value string) string {
	switch c.Type {
	case "NumberField", "MoneyField", "CalculateField":
		return unless(numberPattern.MatchString(value), "值应为数字")
	case "DDSelectField", "DDMultiSelectField":
		return optionsProblem(c, value)
	case "DDDateField":
		_, problem := parseDate(c, value)
		return problem
	case "DDDateRangeField":
		return rangeProblem(c, value)
	case "PhoneField":
		return unless(phonePattern.MatchString(value), "值应为电话号码")
	case "DDPhotoField":
		return listProblem(value, "值应为图片地址组成的JSON数组")
	case "DDAttachment":
		return s.attachmentsProblem(value)
	case "InnerContactField":
		return s.contactsProblem(c, value)
	case "DepartmentField":
		return s.departmentsProblem(c, value)
	case "RelateField":
		return s.relatedProblem(value)
	case "AddressField":
		return addressProblem(value)
	case "StarRatingField":
		return starsProblem(c, value)
	case "TimeAndLocationField":
		return locationProblem(value)
	}
	return ""
}

func unless(good bool, problem string) string {
	if good {
		return ""
	}
	return problem
}

// optionsProblem refuses a choice that the form does not offer.
func optionsProblem(c company.Component, value string) string {
	chosen := []string{value}
	if c.Type == "DDMultiSelectField" {
		list, ok := textList(value)
		if !ok {
			return "值应为选项组成的JSON数组"
		}
		chosen = list
	}
	if len(c.Options) == 0 || c.OtherOption {
		return ""
	}
	for _, option := range chosen {
		if !slices.Contains(c.Options, option) {
			return "选项不在选项列表中：" + option
		}
	}
	return ""
}

// parseDate reads a date in the component's format.
func parseDate(c company.Component, value string) (time.Time, string) {
	layouts := map[string]string{"yyyy-MM-dd": "2006-01-02", "yyyy-MM-dd HH:mm": "2006-01-02 15:04"}
	for format, layout := range layouts {
		if c.Format != "" && c.Format != format {
			continue
		}
		if t, err := time.Parse(layout, value); err == nil {
			return t, ""
		}
	}
	format := c.Format
	if format == "" {
		format = "yyyy-MM-dd或yyyy-MM-dd HH:mm"
	}
	return time.Time{}, "日期格式应为" + format
}

func rangeProblem(c company.Component, value string) string {
	ends, ok := textList(value)
	if !ok || len(ends) != 2 {
		return "值应为开始时间和结束时间组成的JSON数组"
	}
	start, problem := parseDate(c, ends[0])
	if problem != "" {
		return problem
	}
	end, problem := parseDate(c, ends[1])
	if problem != "" {
		return problem
	}
	return unless(!end.Before(start), "结束时间早于开始时间")
}

func listProblem(value, problem string) string {
	items, ok := textList(value)
	switch {
	case !ok || slices.Contains(items, ""):
		return problem
	case len(items) > maxListed:
		return fmt.Sprintf("最多%d个", maxListed)
	}
	return ""
}

// attachmentsProblem wants files of the approval space.
func (s *Server) attachmentsProblem(value string) string {
	var files []map[string]any
	if json.Unmarshal([]byte(value), &files) != nil {
		return "值应为附件组成的JSON数组"
	}
	for _, file := range files {
		for _, name := range []string{"spaceId", "fileName", "fileSize", "fileType", "fileId"} {
			if _, isText := file[name].(string); !isText {
				return "附件缺少文本" + name
			}
		}
		_, exists := s.drive.files[text(file["fileId"])]
		if file["spaceId"] != spaceText || !exists {
			return "附件不在审批钉盘空间中：" + text(file["fileId"])
		}
	}
	return ""
}

func (s *Server) contactsProblem(c company.Component, value string) string {
	ids, ok := oneOrMany(value)
	switch {
	case !ok:
		return "值应为userId组成的JSON数组"
	case len(ids) > 1 && !c.Multiple:
		return "只能选一个联系人"
	}
	for _, id := range ids {
		if !s.present(id) {
			return "用户不存在或已离职：" + id
		}
	}
	return ""
}

func (s *Server) departmentsProblem(c company.Component, value string) string {
	ids, ok := departmentIDs(value)
	switch {
	case !ok:
		return "值应为逗号分隔的部门id"
	case len(ids) > 1 && !c.Multiple:
		return "只能选一个部门"
	}
	for _, id := range ids {
		if !s.company.hasDepartment(id) {
			return fmt.Sprintf("部门不存在：%d", id)
		}
	}
	return ""
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

func (s *Server) relatedProblem(value string) string {
	ids, ok := oneOrMany(value)
	switch {
	case !ok:
		return "值应为审批实例id组成的JSON数组"
	case len(ids) > maxListed:
		return fmt.Sprintf("最多%d个", maxListed)
	}
	for _, id := range ids {
		if s.instances[id] == nil {
			return "关联的审批单不存在：" + id
		}
	}
	return ""
}

// addressProblem: which names there are, the emulator does not know.
func addressProblem(value string) string {
	if names, ok := textList(value); ok {
		value = strings.Join(names, ",")
	}
	names := strings.Split(value, ",")
	return unless(len(names) > 1 && !slices.Contains(names, ""), "值应为逗号分隔的省、市、区")
}

func starsProblem(c company.Component, value string) string {
	most := c.MaxStars
	if most == 0 {
		most = 10
	}
	stars, err := strconv.Atoi(value)
	return unless(err == nil && stars >= 1 && stars <= most, fmt.Sprintf("评分应为1到%d", most))
}

func locationProblem(value string) string {
	var items []any
	if json.Unmarshal([]byte(value), &items) != nil || len(items) < 4 || len(items) > 5 {
		return "值应为时间、经度、纬度、地址和精度组成的JSON数组"
	}
	_, err := time.Parse(time.DateTime, text(items[0]))
	longitude, isNumber := items[1].(float64)
	latitude, isNumberToo := items[2].(float64)
	inRange := longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90
	return unless(err == nil && isNumber && isNumberToo && inRange && text(items[3]) != "", "时间、经度、纬度或地址错误")
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
