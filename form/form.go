// Package form turns Go structs into the form values (表单控件值) of a DingTalk
// approval and back, so that nobody writes JSON inside of strings inside of JSON.
//
//	type LeaveRequest struct {
//		Kind  string         `form:"请假类型,required"`
//		Span  form.DateRange `form:"开始时间,and=结束时间"`
//		Lines []Line         `form:"明细"`
//	}
//
// A tag begins with the component's label, exactly as on the form and in single
// quotes if it has a comma or looks like an option. Options may follow, behind a comma
// each, so that a tag without label begins with one, ",id=TextField_1":
//
//	id=TextField_1   names the component by its id, alias=days by its bizAlias; when
//	                 reading they win over the label, which may then be left out:
//	                 the id or the bizAlias is sent as the name, too
//	and=结束时间      is the second label of a date range or a location
//	type=MoneyField  is the component, where the Go type fits several; it is sent as
//	                 the componentType, which is left to the service otherwise
//	minute           writes dates as yyyy-MM-dd HH:mm instead of yyyy-MM-dd
//	required         makes it an error to leave it out
//	omitempty        leaves out a number that is zero, too
//	rest             marks the []form.Value that takes the components without field;
//	                 [Marshal] writes them back
//
// The fields of embedded structs count as the struct's own. Exported fields without
// form tag are ignored, like those with form:"-".
//
// The Go types and the components that they stand for:
//
//	string, and types of its kind             TextField, TextareaField, DDSelectField, PhoneField, IdCardField,
//	                                          and read only TextNote, FormRelateField and components without page
//	integers, floats, Decimal                 NumberField, MoneyField, StarRatingField, CalculateField
//	types with MarshalText and UnmarshalText  all of these
//	time.Time, Date, DateRange                DDDateField, DDDateRangeField; Date and DateRange keep half days
//	[]string, and of types of its kind        DDMultiSelectField
//	a slice of structs                        TableField (明细)
//	[]Attachment, []Photo                     DDAttachment, DDPhotoField
//	[]Contact, []Department, []Related        InnerContactField, DepartmentField, RelateField; one of them without []
//	Address, Location                         AddressField, TimeAndLocationField
//	Suite, Holiday                            DDBizSuite, DDHolidayField and other suites, read only
//
// A pointer to one of these is nil when the value is absent. The text null is absent,
// too: with it the older gateway says that nobody filled in a component. Times of forms
// have no zone: they are China time (UTC+8), written and read so.
//
// The package knows the vendor's components and nothing of the network: package
// dingoa builds on it, and its FormValue and Attachment are the types here.
package form

import (
	"encoding/json"

	"github.com/dingoa/dingoa/internal/wire"
)

// Value is one filled-in component (表单控件) of a form.
//
// https://open.dingtalk.com/document/development/create-an-approval-instance
type Value struct {
	// ID and BizAlias name the component independently of its label.
	ID       string `json:"id,omitempty"`
	BizAlias string `json:"bizAlias,omitempty"`
	// Name is the component's label, exactly as on the form. A date range has
	// two, written as a JSON array.
	Name string `json:"name"`
	// Value is always text; components with several values take JSON in it. At
	// most 65,535 characters.
	Value string `json:"value" wire:",json"`
	// ExtValue carries what Value cannot, as JSON text; at most 65,535 characters.
	ExtValue string `json:"extValue,omitempty" wire:",json"`
	// ComponentType is the vendor's name of the component, such as "TextField".
	ComponentType string `json:"componentType,omitempty" wire:"componentName"`
	// Details are the cells of a table (明细); at most 150.
	Details []Value `json:"details,omitempty"`
}

// Attachment is a file in the approval space (审批钉盘空间).
type Attachment struct {
	// SpaceID is the drive space that holds it.
	SpaceID string `json:"spaceId,omitempty"`
	// FileID and FileName have at most 256 characters.
	FileID   string `json:"fileId"`
	FileName string `json:"fileName"`
	// FileSize is in bytes; the vendor writes it as text.
	FileSize int64 `json:"fileSize,string"`
	// FileType is the extension, such as "pdf".
	FileType string `json:"fileType"`
}

// UnmarshalJSON accepts both gateways' spellings, and numbers as text or not.
func (a *Attachment) UnmarshalJSON(data []byte) error {
	var w struct {
		SpaceID        wire.Text  `json:"spaceId"`
		FileID         wire.Text  `json:"fileId"`
		FileName       string     `json:"fileName"`
		FileSize       wire.Int64 `json:"fileSize"`
		FileType       string     `json:"fileType"`
		LegacySpaceID  wire.Text  `json:"space_id"`
		LegacyFileID   wire.Text  `json:"file_id"`
		LegacyFileName string     `json:"file_name"`
		LegacyFileSize wire.Int64 `json:"file_size"`
		LegacyFileType string     `json:"file_type"`
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	*a = Attachment{
		SpaceID:  string(w.SpaceID + w.LegacySpaceID),
		FileID:   string(w.FileID + w.LegacyFileID),
		FileName: w.FileName + w.LegacyFileName,
		FileSize: int64(w.FileSize + w.LegacyFileSize),
		FileType: w.FileType + w.LegacyFileType,
	}
	return nil
}
