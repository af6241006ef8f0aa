package formgen

import (
	"strings"

	"github.com/dingoa/dingoa/form"
)

const tableField = "TableField"

// kind is how a component looks in Go.
type kind struct {
	goType string
	// implied: the Go type needs no type= in the tag.
	implied bool
	// choice: the string in goType becomes a type with constants.
	choice bool
	// hasMinute: its format may have minutes.
	hasMinute bool
	// hasTwoLabels: the tag has both.
	hasTwoLabels bool
	// readOnly: no call can fill it in. computed: nobody has to.
	readOnly, computed bool
}

// kindOf is the Go type of a component; false for one that holds no value. What
// the SDK does not know is text.
func kindOf(c *form.Component) (kind, bool) {
	switch c.Type {
	case "TextNote":
		return kind{}, false
	case "TextField":
		return kind{goType: "string", implied: true}, true
	case "NumberField":
		return kind{goType: optional(c, "form.Decimal"), implied: true}, true
	case "MoneyField":
		return kind{goType: optional(c, "form.Decimal")}, true
	case "CalculateField":
		return kind{goType: "*form.Decimal", computed: true}, true
	case "StarRatingField":
		return kind{goType: "int"}, true
	case "DDSelectField":
		return kind{goType: "string", choice: true}, true
	case "DDMultiSelectField":
		return kind{goType: "[]string", implied: true, choice: true}, true
	case "DDDateField":
		return kind{goType: "time.Time", implied: true, hasMinute: true}, true
	case "DDDateRangeField":
		return kind{goType: "form.DateRange", implied: true, hasMinute: true, hasTwoLabels: true}, true
	case tableField:
		return kind{implied: true}, true
	case "DDAttachment":
		return kind{goType: "[]form.Attachment", implied: true}, true
	case "DDPhotoField":
		return kind{goType: "[]form.Photo", implied: true}, true
	case "InnerContactField":
		return kind{goType: several(c, "form.Contact"), implied: true}, true
	case "DepartmentField":
		return kind{goType: several(c, "form.Department"), implied: true}, true
	case "RelateField":
		return kind{goType: "[]form.Related", implied: true}, true
	case "AddressField":
		return kind{goType: "form.Address", implied: true}, true
	case "TimeAndLocationField":
		return kind{goType: "form.Location", implied: true, hasTwoLabels: true}, true
	case "DDHolidayField":
		return kind{goType: "form.Holiday", implied: true, readOnly: true}, true
	case "DDBizSuite":
		return kind{goType: "form.Suite", implied: true, readOnly: true}, true
	case "DDOvertimeField", "DDGooutField":
		return kind{goType: "form.Suite", readOnly: true}, true
	case "FormRelateField", "SignatureField", "SeqNumberField", "OcrTextField", "OcrIdCardField", "InvoiceField", "RecipientAccountField":
		return kind{goType: "string", readOnly: true}, true
	}
	return kind{goType: "string"}, true
}

// optional: 0 is not the same as nothing.
func optional(c *form.Component, goType string) string {
	if isRequired(c) {
		return goType
	}
	return "*" + goType
}

func several(c *form.Component, goType string) string {
	if c.Multiple {
		return "[]" + goType
	}
	return goType
}

// isRequired: what is hidden, or may be, DingTalk does not demand.
func isRequired(c *form.Component) bool { return c.Required && !c.Conditional && !c.Hidden }

// imports notes what a Go type needs.
func (p *planner) imports(goType string) {
	p.needsTime = p.needsTime || strings.Contains(goType, "time.")
	p.needsForm = p.needsForm || strings.Contains(goType, "form.")
}

// importPaths are the standard library's and ours, with a line between.
func (p *planner) importPaths() []string {
	switch {
	case p.needsTime && p.needsForm:
		return []string{"time", "", formPath}
	case p.needsTime:
		return []string{"time"}
	case p.needsForm:
		return []string{formPath}
	}
	return nil
}

const formPath = "github.com/dingoa/dingoa/form"
