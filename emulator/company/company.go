// Package company describes the company that an emulator has: its people and
// departments, its approval forms (审批表单) with their flows, and the apps that
// call. It also has the company, the forms and the credentials that an emulator
// has unless it is told of others.
package company

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

// Department is a department of the company.
type Department struct {
	ID   int64
	Name string
}

// Limits are the limits of an app. The zero value allows everything.
type Limits struct {
	// Permissions are the permission points (权限点) that the app has, such as
	// "Workflow.Instance.Read". Nil is all of them, empty none.
	Permissions []string
	// IPs are the addresses that it may call from (服务器出口IP); none is any. The
	// in-memory transport calls from 127.0.0.1.
	IPs []string
	// QPS is how many calls of one operation it may make within a second of the
	// clock, a suite for each company; 0 is without limit, the service allows 20.
	QPS int
	// MonthlyCalls is how many calls it may make in a calendar month, for each
	// company; 0 is without limit, the service allows 5,000. Token requests do
	// not count.
	MonthlyCalls int
}

// Suite is a third-party app (第三方企业应用) or a customised one (定制应用). It
// works on the one set of people and forms that the server has, in the name of
// any of its companies.
type Suite struct {
	SuiteKey    string // or CustomKey
	SuiteSecret string // or CustomSecret
	// Custom marks a customised app, of which any text is taken as ticket.
	Custom bool
	// CorpIDs are the companies that authorised the app; the server's own when
	// there are none.
	CorpIDs []string
	// Limits are the limits of the app.
	Limits
}
