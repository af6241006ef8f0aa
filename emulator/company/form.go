package company

// Form is a published approval form (审批模板).
type Form struct {
	ProcessCode string
	Name        string
	Components  []Component
	// Flow are the nodes in their order. An empty flow accepts only instances
	// that name their approvers.
	Flow []Node
	// CC are the users who get a copy when the instance ends.
	CC []string
	// OriginatorMayRevoke is the setting 允许提交人撤销审批中的审批单, without
	// which the API refuses to terminate.
	OriginatorMayRevoke bool
	Description         string `json:",omitempty"`
	// Hidden keeps the form out of the lists of forms that users may apply with.
	Hidden bool `json:",omitempty"`
}

// Mode says how the approvers of one node decide.
type Mode string

// The modes of a node.
const (
	InTurn Mode = "in turn" // 依次审批: one after the other; the mode of a zero Node
	All    Mode = "all"     // 会签: side by side, all must agree
	Any    Mode = "any"     // 或签: side by side, the first decision counts
)

// Node is one step of a flow (审批节点).
type Node struct {
	Name      string // shown as showName and taskGroupName; 审批人 when empty
	Mode      Mode
	Approvers []string
	// SelfSelect lets the originator choose the approvers (审批人自选): among
	// Approvers, or everybody when there are none. Several allows more than one.
	SelfSelect bool
	Several    bool
}

// Component is one component (控件) of a form, or one column of a table.
type Component struct {
	ID       string // made up when empty
	BizAlias string
	// Label of a date range or a place is a JSON array of its two labels.
	Label    string
	Type     string // vendor's name, such as "TextField" or "DDSelectField"
	Required bool
	// Options are the choices of a DDSelectField or DDMultiSelectField; empty
	// accepts anything. OtherOption makes the last of them stand for any text.
	Options     []string
	OtherOption bool
	// Placeholder is the hint in the empty component, Unit that of a number or date.
	Placeholder string
	Unit        string
	// Format is a date's, "yyyy-MM-dd" or "yyyy-MM-dd HH:mm"; empty accepts both.
	Format string
	// Multiple allows several people or departments.
	Multiple bool
	// MaxStars of a StarRatingField is 5 or 10; 0 is 10.
	MaxStars int
	// AddressModel is the precision of an AddressField: "city", "district" or "street".
	AddressModel string
	// Condition says that a branch of the flow is decided by it (条件), for
	// GetConditionFormComponent; the emulator's flows have no branches.
	Condition bool
	// Children are the columns of a TableField.
	Children []Component
}
