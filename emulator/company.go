package emulator

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// The app that a [Server] knows unless [WithApp] names another. None of these
// values opens anything outside an emulator.
const (
	DefaultAppKey    = "dingemulatorapp"
	DefaultAppSecret = "emulator-app-secret" //nolint:gosec // of an app that exists nowhere
	DefaultAgentID   = 1000000001
	DefaultCorpID    = "dingemulatorcorp"
)

// The people and the form of the default company.
//
//	User      Name  Department
//	zhangsan  张三  研发部 (100)   usually the originator
//	lisi      李四  研发部 (100)   first approver
//	wangwu    王五  人事部 (200)   second approver
//	zhaoliu   赵六  人事部 (200)   somebody to redirect to
//	qianqi    钱七  root (-1)
//
// The form 请假 (leave) has the components of [DefaultForm] and is approved by
// lisi, then by wangwu. The form 报销 (expenses) is that of [ExpenseForm].
const (
	DefaultOriginator     = "zhangsan"
	DefaultFirstApprover  = "lisi"
	DefaultSecondApprover = "wangwu"
	DefaultColleague      = "zhaoliu"
	DefaultDeptID         = 100
	DefaultProcessCode    = "PROC-EMULATOR-LEAVE"
	// DefaultExpenseCode is the form 报销 of [ExpenseForm], whose second approver
	// the originator chooses.
	DefaultExpenseCode = "PROC-EMULATOR-EXPENSE"
)

// rootDept is the root department as the vendor writes it in requests and
// replies; contacts call it 1.
const (
	rootDept         = -1
	rootDeptContacts = 1
)

// App is the internal app (企业内部应用) that calls.
type App struct {
	AppKey    string // Client ID
	AppSecret string // Client Secret
	AgentID   int64
	CorpID    string
	Limits
}

// User is a member of the company.
type User struct {
	ID   string // userId
	Name string
	// DeptIDs are the user's departments; none, -1 or 1 is the root department.
	DeptIDs []int64

	// Mobile and all that follows is read with /topapi/v2/user/get alone.
	Mobile    string `json:",omitempty"`
	Title     string `json:",omitempty"` // 职位
	JobNumber string `json:",omitempty"` // 工号
	Email     string `json:",omitempty"`
	ManagerID string `json:",omitempty"` // user ID of the direct manager (直属主管)
	Boss      bool   `json:",omitempty"`
	Admin     bool   `json:",omitempty"`
	// LeadsDeptIDs are those of the user's departments that the user leads (主管).
	LeadsDeptIDs []int64 `json:",omitempty"`
}

// who returns the fields that an approval keeps of its originator.
func (u User) who() User { return User{ID: u.ID, Name: u.Name, DeptIDs: u.DeptIDs} }

// Department is a department of the company.
type Department struct {
	ID   int64
	Name string
}

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

	// What the API that creates and changes forms keeps.
	description string
	hidden      bool
	items       []map[string]any // of the schema; nil makes them from Components
	modified    time.Time

	revision string // of this state of the form, for state files
	byAPI    bool   // it was created or changed through the API
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

// DefaultForm is the form of the default company.
func DefaultForm() Form {
	return Form{
		ProcessCode: DefaultProcessCode,
		Name:        "请假",
		Components: []Component{
			{ID: "DDSelectField-leavetype", Label: "请假类型", Type: "DDSelectField", Required: true, Options: []string{"年假", "事假", "病假"}},
			{ID: "DDDateField-start", Label: "开始日期", Type: "DDDateField", Required: true},
			{ID: "NumberField-days", Label: "天数", Type: "NumberField", Required: true},
			{ID: "TextareaField-reason", Label: "事由", Type: "TextareaField"},
		},
		Flow: []Node{
			{Name: "直属主管", Approvers: []string{DefaultFirstApprover}},
			{Name: "人事", Approvers: []string{DefaultSecondApprover}},
		},
		OriginatorMayRevoke: true,
	}
}

// ExpenseForm is the form of the default company whose second approver the
// originator chooses (审批人自选): wangwu or zhaoliu.
func ExpenseForm() Form {
	return Form{
		ProcessCode: DefaultExpenseCode,
		Name:        "报销",
		Components: []Component{
			{ID: "MoneyField-amount", Label: "金额", Type: "MoneyField", Required: true},
			{ID: "TextareaField-purpose", Label: "事由", Type: "TextareaField"},
		},
		Flow: []Node{
			{Name: "直属主管", Approvers: []string{DefaultFirstApprover}},
			{Name: "财务", Approvers: []string{DefaultSecondApprover, DefaultColleague}, SelfSelect: true},
		},
		OriginatorMayRevoke: true,
	}
}

func defaultUsers() []User {
	return []User{
		{ID: DefaultOriginator, Name: "张三", DeptIDs: []int64{DefaultDeptID}, Mobile: "13800000001", Title: "工程师", JobNumber: "1001", ManagerID: DefaultFirstApprover},
		{ID: DefaultFirstApprover, Name: "李四", DeptIDs: []int64{DefaultDeptID}, Mobile: "13800000002", Title: "研发经理", JobNumber: "1002", LeadsDeptIDs: []int64{DefaultDeptID}},
		{ID: DefaultSecondApprover, Name: "王五", DeptIDs: []int64{200}, Mobile: "13800000003", Title: "人事经理", JobNumber: "1003", LeadsDeptIDs: []int64{200}},
		{ID: DefaultColleague, Name: "赵六", DeptIDs: []int64{200}, Mobile: "13800000004", Title: "人事专员", JobNumber: "1004", ManagerID: DefaultSecondApprover},
		{ID: "qianqi", Name: "钱七", Mobile: "13800000005", Title: "总经理", JobNumber: "1005", Boss: true, Admin: true},
	}
}

func defaultDepartments() []Department {
	return []Department{{ID: rootDept, Name: "模拟公司"}, {ID: DefaultDeptID, Name: "研发部"}, {ID: 200, Name: "人事部"}}
}

// company is what the options described; it does not change, but for its forms,
// which [Server.mu] guards.
type company struct {
	app         App
	users       map[string]User
	departments map[int64]string
	forms       map[string]*Form
}

// useDefaults fills in the default company when there is no other.
func (c *config) useDefaults() {
	if len(c.users) > 0 {
		return
	}
	c.users = defaultUsers()
	c.departments = append(defaultDepartments(), c.departments...)
	if len(c.forms) == 0 {
		c.forms = []Form{DefaultForm(), ExpenseForm()}
	}
}

func newCompany(c *config) (*company, error) {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }

	if c.app.AppKey == "" || c.app.AppSecret == "" || c.app.CorpID == "" {
		fail("WithApp: AppKey, AppSecret and CorpID are required")
	}
	co := &company{app: c.app, users: map[string]User{}, departments: map[int64]string{}, forms: map[string]*Form{}}
	for _, d := range c.departments {
		co.departments[d.ID] = d.Name
	}
	for _, u := range c.users {
		if u.ID == "" || u.Name == "" {
			fail("WithUsers: a user needs ID and Name, got %+v", u)
		}
		if _, twice := co.users[u.ID]; twice {
			fail("WithUsers: user %q is given twice", u.ID)
		}
		u.DeptIDs, u.LeadsDeptIDs = slices.Clone(u.DeptIDs), slices.Clone(u.LeadsDeptIDs)
		co.users[u.ID] = u
	}
	for _, u := range co.users {
		if _, ok := co.users[u.ManagerID]; u.ManagerID != "" && !ok {
			fail("WithUsers: user %q: there is no user %q to be the manager", u.ID, u.ManagerID)
		}
	}
	for _, f := range c.forms {
		form, err := co.checkForm(f)
		if err != nil {
			fail("WithForms: form %q: %w", f.Name, err)
			continue
		}
		if _, twice := co.forms[form.ProcessCode]; twice {
			fail("WithForms: process code %q is given twice", form.ProcessCode)
		}
		co.forms[form.ProcessCode] = form
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return co, nil
}

// checkForm returns a copy of the form with IDs and defaults filled in.
func (co *company) checkForm(f Form) (*Form, error) {
	if f.ProcessCode == "" || f.Name == "" {
		return nil, errors.New("ProcessCode and Name are required")
	}
	form := f
	components, err := checkComponents(f.Components, "")
	if err != nil {
		return nil, err
	}
	form.Components = components
	form.Flow = slices.Clone(f.Flow)
	for i := range form.Flow {
		n := &form.Flow[i]
		if len(n.Approvers) == 0 && !n.SelfSelect {
			return nil, fmt.Errorf("node %d has no approvers", i+1)
		}
		if err := co.checkUsers(n.Approvers); err != nil {
			return nil, fmt.Errorf("node %d: %w", i+1, err)
		}
		switch n.Mode {
		case InTurn, All, Any:
		case "":
			n.Mode = InTurn
		default:
			return nil, fmt.Errorf("node %d: mode %q is not InTurn, All or Any", i+1, n.Mode)
		}
		n.Approvers = slices.Clone(n.Approvers)
	}
	if err := co.checkUsers(f.CC); err != nil {
		return nil, fmt.Errorf("CC: %w", err)
	}
	form.CC = slices.Clone(f.CC)
	return &form, nil
}

func (co *company) checkUsers(ids []string) error {
	for _, id := range ids {
		if _, ok := co.users[id]; !ok {
			return fmt.Errorf("there is no user %q; give it with WithUsers", id)
		}
	}
	return nil
}

// departmentOf finds the user's department that a request names; 1 and -1 are
// both the root department.
func (co *company) departmentOf(u User, deptID int64) (int64, bool) {
	if deptID == rootDeptContacts {
		deptID = rootDept
	}
	if len(u.DeptIDs) == 0 {
		return deptID, deptID == rootDept
	}
	for _, id := range u.DeptIDs {
		if id == deptID || (deptID == rootDept && id == rootDeptContacts) {
			return deptID, true
		}
	}
	return 0, false
}

// mainDepartment is where an instance is counted when the request names none.
func (co *company) mainDepartment(u User) int64 {
	if len(u.DeptIDs) == 0 || u.DeptIDs[0] == rootDeptContacts {
		return rootDept
	}
	return u.DeptIDs[0]
}

func (co *company) departmentName(id int64) string {
	if name, ok := co.departments[id]; ok {
		return name
	}
	if id == rootDept {
		return "总公司"
	}
	return fmt.Sprintf("部门%d", id)
}
