package emulator

import "fmt"

// problem is why something cannot be done, in the words of no gateway. Each door
// says it in its own: the gateways with the codes of vendor_words.go, the admin
// API and seeds with those of admin_words.go; the Go API as it is.
type problem struct {
	kind problemKind
	// field of an action that is at fault; empty when it is none or several.
	field string
	// args are values for the doors' own words, such as an ID.
	args []any
	text string
}

// Error implements error.
func (p *problem) Error() string {
	if p.kind == invalidField && p.field != "" { // its text goes on from the field
		return p.field + " " + p.text
	}
	return p.text
}

func problemOf(kind problemKind, format string, args ...any) *problem {
	return &problem{kind: kind, args: args, text: fmt.Sprintf(format, args...)}
}

// problemKind is the kind of a problem.
type problemKind int

// Of approvals, and what people do with them.
const (
	_ problemKind = iota
	invalidField
	unknownAction
	userNotFound
	instanceNotFound
	instanceOfCenter // it is one of the process centre (流程中心)
	instanceEnded
	instanceArchived
	taskNotFound
	taskNotRunning
	taskOfInstance // it belongs to another approval
	notTheirTask
	noRunningTask
	recipientNotFound
)

// Of starting and ending one, and of lists.
const (
	formNotFound problemKind = iota + 100
	formOfCenter
	originatorNotFound
	wrongAgent
	needsPremium
	departmentMissing
	wrongDepartment
	approverNotFound
	oneApproverOnly
	copyNotFound
	noFlow
	approverNotChosen
	oneChoiceOnly
	choiceNotOffered
	operatorMissing
	notOriginator
	endedTooEarly
	mayNotRevoke
	wrongWindow
	beforeWindow        // 365 days
	beforePremiumWindow // five years
	wrongPageSize
	wrongCursor
)

// Of forms, and of the process centre (流程中心).
const (
	formNameTaken problemKind = iota + 300
	formOfficial
	tooManyForms
	conditionChanged
	badForm
	instanceOfficial
	noTasks
	tooManyTasks
	taskOfficial
	taskUserNotFound
	taskAddressTooLong
	taskOverdue
	resultMissing
	wrongCompany
)

// Of form values, whose args begin with the [place].
const (
	noComponent problemKind = iota + 200
	valueMissing
	wrongComponentType
	notSettable
	badValue // with a [flaw]
)

// place is where a value is: a component, or the cell of a table's row, from 1.
type place struct {
	table string
	row   int
	label string
}

func (p place) with(label string) place {
	p.label = label
	return p
}

// String implements fmt.Stringer.
func (p place) String() string {
	if p.row == 0 {
		return p.label
	}
	return fmt.Sprintf("%s row %d %s", p.table, p.row, p.label)
}

// flaw is a mistake in a value; the zero flaw is none.
type flaw struct {
	kind flawKind
	arg  any // an option, an ID, a number
}

// String implements fmt.Stringer.
func (f flaw) String() string {
	if f.arg == nil {
		return string(f.kind)
	}
	return fmt.Sprintf("%s (%v)", f.kind, f.arg)
}

// dateFormats are the formats that a date may have, with "or" between them.
type dateFormats string

// flawKind says what is wrong.
type flawKind string

const (
	noNumber          flawKind = "is no number"
	noOptions         flawKind = "is no JSON array of options"
	optionNotOffered  flawKind = "is not one of the options"
	noDate            flawKind = "has not the date's format"
	noDateRange       flawKind = "is no JSON array of a start and an end"
	endBeforeStart    flawKind = "ends before it starts"
	noPhone           flawKind = "is no telephone number"
	noImages          flawKind = "is no JSON array of image addresses"
	tooManyListed     flawKind = "has more than may be listed"
	noAttachments     flawKind = "is no JSON array of attachments"
	attachmentLacks   flawKind = "has an attachment without the text"
	attachmentMissing flawKind = "has an attachment that is not in the approval space"
	noContacts        flawKind = "is no JSON array of user IDs"
	oneContactOnly    flawKind = "takes one person only"
	contactMissing    flawKind = "has a user who is not there, or has left"
	noDepartments     flawKind = "is no list of department IDs"
	oneDepartmentOnly flawKind = "takes one department only"
	departmentUnknown flawKind = "has a department that is not there"
	noRelated         flawKind = "is no JSON array of instance IDs"
	relatedMissing    flawKind = "has an approval that is not there"
	noAddress         flawKind = "is no province, city and district"
	noStars           flawKind = "is no rating from 1 to"
	noLocation        flawKind = "is no JSON array of time, longitude, latitude, address and accuracy"
	wrongLocation     flawKind = "has a wrong time, longitude, latitude or address"
	noRows            flawKind = "is no JSON array of rows"
	wrongRow          flawKind = "is no row"
	tooManyContacts   flawKind = "has more people than a table may have"
	tooLongValue      flawKind = "is longer than"
)

// valueProblem is about the value at a place.
func valueProblem(at place, f flaw) *problem {
	return problemOf(badValue, "the value of %v %v", at, f)
}
