package emulator

import (
	"maps"
	"slices"

	"github.com/dingoa/dingoa/emulator/company"
)

// userGet answers with the fields of the page, in its documented types; those
// that nobody filled in are left out, as the service does.
func (s *Server) userGet(c *call) (map[string]any, *apiError) {
	var in struct {
		UserID string `json:"userid"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.present(in.UserID) {
		return nil, errNoUser()
	}
	u := s.company.users[in.UserID]
	orders, leaders := []map[string]any{}, []map[string]any{}
	for _, id := range contactDeptIDs(u) {
		orders = append(orders, map[string]any{"dept_id": id, "order": 1})
		leaders = append(leaders, map[string]any{"dept_id": id, "leader": leads(u, id)})
	}
	result := map[string]any{
		"userid": u.ID, "unionid": unionID(u.ID), "name": u.Name, "avatar": avatarURL(u.ID),
		"dept_id_list": contactDeptIDs(u), "dept_order_list": orders, "leader_in_dept": leaders,
		"active": true, "real_authed": true, "senior": false, "hide_mobile": false, "exclusive_account": false,
		"admin": u.Admin, "boss": u.Boss,
	}
	putText(result, "mobile", u.Mobile)
	if u.Mobile != "" {
		result["state_code"] = "86"
	}
	putText(result, "title", u.Title)
	putText(result, "job_number", u.JobNumber)
	putText(result, "email", u.Email)
	putText(result, "manager_userid", u.ManagerID)
	return map[string]any{"result": result}, nil
}

// avatarURL is the address of a person's picture, which nobody serves.
func avatarURL(userID string) string {
	return "https://static.emulator.invalid/avatars/" + userID + ".png"
}

// admin is an administrator, who made the company's forms: the first with
// [company.User.Admin] or, if there is none, the first user.
func (co *organisation) admin() string {
	ids := slices.Sorted(maps.Keys(co.users))
	for _, id := range ids {
		if co.users[id].Admin {
			return id
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// contactDeptIDs are the user's departments as contacts number them, where the
// root department is 1.
func contactDeptIDs(u company.User) []int64 {
	ids := []int64{}
	for _, id := range u.DeptIDs {
		if id == company.RootDept {
			id = rootDeptContacts
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		ids = append(ids, rootDeptContacts)
	}
	return ids
}

func leads(u company.User, deptID int64) bool {
	for _, id := range u.LeadsDeptIDs {
		if id == deptID || id == company.RootDept && deptID == rootDeptContacts {
			return true
		}
	}
	return false
}
