package form

import "time"

// Half is a half of a day (半天), in which forms can count.
type Half string

// The halves of a day. A day or a minute has none.
const (
	Morning   Half = "上午"
	Afternoon Half = "下午"
)

// Date is a date (日期, DDDateField) that may be half a day. It is written as a half
// day if it has a half, else as the day, or the minute when the tag says so. Where a
// form has no half days a time.Time does.
type Date struct {
	// Time is the beginning of the day, of its half (00:00 and 12:00) or the minute.
	Time time.Time
	// Half is [Morning] or [Afternoon]; empty for a day or a minute.
	Half Half
}

// DateRange is a time span (时间区间, DDDateRangeField). It is written with days,
// or with minutes when the tag says so, or with half days if it has halves.
type DateRange struct {
	// Start and End are both needed, and End is not before Start. End is the last day
	// or half day of the span, and, like Start, names it by its beginning: 00:00 or,
	// for an afternoon, 12:00.
	Start, End time.Time
	// StartHalf and EndHalf are empty for days and minutes.
	StartHalf, EndHalf Half
}

// Contact is a person (联系人, InnerContactField). A field is a Contact, or a
// []Contact where the form allows several.
type Contact struct {
	// UserID names the person within the company.
	UserID string
	// Name is read where the service sends it, and written with [ForCenter] only,
	// which needs it.
	Name string
}

// Department is a department (部门, DepartmentField). A field is a Department, or
// a []Department where the form allows several.
type Department struct {
	// ID names the department. It is 0 where the service sends the name only.
	ID int64
	// Name is read where the service sends it, and never written.
	Name string
}

// Related is an approval that this one refers to (关联审批单, RelateField), such as
// the trip that an expense belongs to. A field is a Related, or a []Related of at
// most 9.
type Related struct {
	// InstanceID names the approval.
	InstanceID string
	// Title is read where the service sends it, and written with [ForCenter] only,
	// which needs it.
	Title string
	// BusinessID is the approval number (审批编号). It is read where the service sends
	// it, and never written.
	BusinessID string
}

// Photo is the address of an image (图片, DDPhotoField). A field is a []Photo of
// at most 9, or a Photo.
type Photo string

// Address is a place of China's administrative divisions (省市区, AddressField). The
// names have to be those of the vendor's data, such as 北京, 北京市, 东城区.
type Address struct {
	// Province and City are always needed, District and Street as the form wants.
	// Street has what follows, too.
	Province, City, District, Street string
}

// Location is where and when somebody filled in the form (地点, TimeAndLocationField).
type Location struct {
	// Time has seconds.
	Time time.Time
	// Longitude and Latitude are in degrees.
	Longitude, Latitude float64
	// Address is the place in words.
	Address string
	// Accuracy is the last number of the component, probably in meters: the vendor
	// does not say.
	Accuracy float64
}

// Holiday is the value of a leave suite (请假套件, DDHolidayField). It is read only: no
// call can fill in a suite. [Suite] reads the other suites, and this one.
type Holiday struct {
	// Start and End are the first and the last day, half day or the minutes, as those
	// of a [DateRange].
	Start, End time.Time
	// StartHalf and EndHalf are empty for days and minutes.
	StartHalf, EndHalf Half
	// Duration counts in Unit: "day", "halfDay" or "hour".
	Duration Decimal
	Unit     string
	// Type is the kind of leave, such as 年假.
	Type string
	// Days and Hours are the duration in these units, where the service sends them.
	Days, Hours Decimal
}
