package emulator

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// rootDeptContacts is the root department as contacts call it; else it is
// [company.RootDept].
const rootDeptContacts = 1

// who returns the fields that an approval keeps of its originator.
func who(u company.User) company.User {
	return company.User{ID: u.ID, Name: u.Name, DeptIDs: u.DeptIDs}
}

// storedForm is a form with what the API that creates and changes forms keeps of
// it, as state files have it.
type storedForm struct {
	company.Form
	Items    []map[string]any `json:",omitempty"` // of the schema; nil makes them from Components
	Modified time.Time        `json:",omitzero"`
	ByAPI    bool             `json:",omitempty"` // it was created or changed through the API

	revision string // of this state of the form, for state files
}

// organisation is the company that the options describe; it does not change, but for its forms,
// which [Server.mu] guards.
type organisation struct {
	app         company.App
	users       map[string]company.User
	departments map[int64]string
	forms       map[string]*storedForm
}

// useDefaults fills in the default company when there is no other.
func (c *config) useDefaults() {
	if len(c.users) > 0 {
		return
	}
	c.users = company.DefaultUsers()
	c.departments = append(company.DefaultDepartments(), c.departments...)
	if len(c.forms) == 0 {
		c.forms = []company.Form{company.DefaultForm(), company.ExpenseForm()}
	}
}

func newOrganisation(c *config) (*organisation, error) {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }

	if c.app.AppKey == "" || c.app.AppSecret == "" || c.app.CorpID == "" {
		fail("WithApp: AppKey, AppSecret and CorpID are required")
	}
	co := &organisation{app: c.app, users: map[string]company.User{}, departments: map[int64]string{}, forms: map[string]*storedForm{}}
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
		form, err := co.checkForm(storedForm{Form: f})
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
func (co *organisation) checkForm(f storedForm) (*storedForm, error) {
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
		case company.InTurn, company.All, company.Any:
		case "":
			n.Mode = company.InTurn
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

func (co *organisation) checkUsers(ids []string) error {
	for _, id := range ids {
		if _, ok := co.users[id]; !ok {
			return fmt.Errorf("there is no user %q; give it with WithUsers", id)
		}
	}
	return nil
}

// departmentOf finds the user's department that a request names; 1 and -1 are
// both the root department.
func (co *organisation) departmentOf(u company.User, deptID int64) (int64, bool) {
	if deptID == rootDeptContacts {
		deptID = company.RootDept
	}
	if len(u.DeptIDs) == 0 {
		return deptID, deptID == company.RootDept
	}
	for _, id := range u.DeptIDs {
		if id == deptID || (deptID == company.RootDept && id == rootDeptContacts) {
			return deptID, true
		}
	}
	return 0, false
}

// mainDepartment is where an instance is counted when the request names none.
func (co *organisation) mainDepartment(u company.User) int64 {
	if len(u.DeptIDs) == 0 || u.DeptIDs[0] == rootDeptContacts {
		return company.RootDept
	}
	return u.DeptIDs[0]
}

func (co *organisation) departmentName(id int64) string {
	if name, ok := co.departments[id]; ok {
		return name
	}
	if id == company.RootDept {
		return "总公司"
	}
	return fmt.Sprintf("部门%d", id)
}
