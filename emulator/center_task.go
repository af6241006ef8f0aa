package emulator

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

type newCenterTask struct {
	userID, url string
	due         int64 // ms; 0 is none
}

// addTasks gives people tasks. The caller holds s.mu.
func (s *Server) addTasks(instanceID, activityID string, tasks []newCenterTask, once bool) ([]*centerTask, *problem) {
	in, err := s.ownInstance(instanceID)
	switch {
	case err != nil:
		return nil, err
	case in.Status != statusRunning:
		return nil, problemOf(instanceEnded, "instance %s is %s", in.ID, in.Status)
	case len(tasks) == 0:
		return nil, problemOf(noTasks, "there are no tasks")
	case len(in.Tasks)+len(tasks) > centerTaskLimit:
		return nil, problemOf(tooManyTasks, "an instance has at most %d tasks", centerTaskLimit)
	}
	for _, t := range tasks {
		switch _, known := s.company.users[t.userID]; {
		case !known:
			return nil, problemOf(taskUserNotFound, "there is no user %s", t.userID)
		case longerThan(t.url, 1024):
			return nil, problemOf(taskAddressTooLong, "a task's address is too long")
		case t.due != 0 && t.due < s.Now().UnixMilli():
			return nil, problemOf(taskOverdue, "a task is due before it begins")
		}
	}
	s.touch(kindCenterInstance, in.ID)
	var made []*centerTask
	for _, t := range tasks {
		if once && activityID != "" {
			same := func(old *centerTask) bool { return old.ActivityID == activityID && old.UserID == t.userID }
			if i := slices.IndexFunc(in.Tasks, same); i >= 0 {
				made = append(made, in.Tasks[i])
				continue
			}
		}
		s.center.lastTask++
		task := &centerTask{
			ID: firstCenterTaskID + s.center.lastTask, instance: in, ActivityID: activityID,
			UserID: t.userID, URL: t.url, Status: statusRunning, Created: s.Now(),
		}
		in.Tasks = append(in.Tasks, task)
		if s.center.tasks == nil {
			s.center.tasks = map[int64]*centerTask{}
		}
		s.center.tasks[task.ID] = task
		made = append(made, task)
	}
	return made, nil
}

// firstCenterTaskID keeps these tasks apart from those of official forms.
const firstCenterTaskID = 6_000_000_000_000_000

func (s *Server) createCenterTasks(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessInstanceID string `json:"processInstanceId"`
		ActivityID        string `json:"activityId"`
		Tasks             []struct {
			UserID       string `json:"userId"`
			URL          string `json:"url"`
			DueTimestamp int64  `json:"dueTimestamp"`
		} `json:"tasks"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	var tasks []newCenterTask
	for _, t := range in.Tasks {
		tasks = append(tasks, newCenterTask{t.UserID, t.URL, t.DueTimestamp})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	made, err := s.addTasks(in.ProcessInstanceID, in.ActivityID, tasks, c.operation == "PremiumSaveIntegratedTask")
	if err != nil {
		return nil, c.refused(err)
	}
	result := []map[string]any{}
	for _, t := range made {
		result = append(result, map[string]any{"taskId": t.ID, "userId": t.UserID})
	}
	return map[string]any{"result": result, "success": true}, nil
}

func (s *Server) oapiCreateCenterTasks(c *call) (map[string]any, *apiError) {
	var in struct {
		Request struct {
			ProcessInstanceID string `json:"process_instance_id"`
			ActivityID        string `json:"activity_id"`
			Tasks             []struct {
				UserID string `json:"userid"`
				URL    string `json:"url"`
			} `json:"tasks"`
		} `json:"request"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	var tasks []newCenterTask
	for _, t := range in.Request.Tasks {
		tasks = append(tasks, newCenterTask{userID: t.UserID, url: t.URL})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	made, err := s.addTasks(in.Request.ProcessInstanceID, in.Request.ActivityID, tasks, false)
	if err != nil {
		return nil, c.refused(err)
	}
	result := []map[string]any{}
	for _, t := range made {
		result = append(result, map[string]any{"task_id": t.ID, "userid": t.UserID})
	}
	return map[string]any{"tasks": result}, nil
}

type centerTaskChange struct {
	id             int64
	status, result string
}

func (s *Server) changeTasks(instanceID string, changes []centerTaskChange) *problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	if instanceID != "" {
		if _, err := s.ownInstance(instanceID); err != nil {
			return err
		}
	}
	for _, change := range changes {
		t, ok := s.center.tasks[change.id]
		_, official := s.tasks[change.id]
		switch {
		case official:
			return problemOf(taskOfficial, "task %d is of an official form", change.id)
		case !ok || instanceID != "" && t.instance.ID != instanceID:
			return problemOf(taskNotFound, "there is no task %d", change.id)
		case change.status == statusCompleted && change.result == "":
			return problemOf(resultMissing, "task %d ends without a result", change.id)
		}
	}
	for _, change := range changes {
		t := s.center.tasks[change.id]
		s.touch(kindCenterInstance, t.instance.ID)
		t.Status, t.Result, t.Finished = change.status, change.result, s.Now()
		if t.Removed = change.status == statusCanceled; t.Removed {
			t.Result = ""
		}
	}
	return nil
}

func (s *Server) updateCenterTasks(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessInstanceID string `json:"processInstanceId"`
		Tasks             []struct {
			TaskID int64  `json:"taskId"`
			Status string `json:"status"`
			Result string `json:"result"`
		} `json:"tasks"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	var changes []centerTaskChange
	for _, t := range in.Tasks {
		changes = append(changes, centerTaskChange{t.TaskID, t.Status, t.Result})
	}
	if err := s.changeTasks(in.ProcessInstanceID, changes); err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"success": true}, nil
}

func (s *Server) oapiUpdateCenterTasks(c *call) (map[string]any, *apiError) {
	var in struct {
		Request struct {
			ProcessInstanceID string `json:"process_instance_id"`
			Tasks             []struct {
				TaskID int64  `json:"task_id"`
				Status string `json:"status"`
				Result string `json:"result"`
			} `json:"tasks"`
		} `json:"request"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	var changes []centerTaskChange
	for _, t := range in.Request.Tasks {
		changes = append(changes, centerTaskChange{t.TaskID, t.Status, t.Result})
	}
	if err := s.changeTasks(in.Request.ProcessInstanceID, changes); err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{}, nil
}

func (s *Server) cancelGroups(instanceID string, activities []string) *problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	in, err := s.ownInstance(instanceID)
	if err != nil {
		return err
	}
	s.cancelTasks(in, activities)
	return nil
}

func (s *Server) cancelCenterTasks(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessInstanceID string   `json:"processInstanceId"`
		ActivityID        string   `json:"activityId"`
		ActivityIDs       []string `json:"activityIds"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := s.cancelGroups(in.ProcessInstanceID, append(in.ActivityIDs, in.ActivityID)); err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"success": true}, nil
}

func (s *Server) oapiCancelCenterTasks(c *call) (map[string]any, *apiError) {
	var in struct {
		Request struct {
			ProcessInstanceID string   `json:"process_instance_id"`
			ActivityID        string   `json:"activity_id"`
			ActivityIDs       []string `json:"activity_id_list"`
		} `json:"request"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := s.cancelGroups(in.Request.ProcessInstanceID, append(in.Request.ActivityIDs, in.Request.ActivityID)); err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{}, nil
}

// tasksOf are tasks of a user, oldest first: those that wait, or those that were
// taken away. The caller holds s.mu.
func (s *Server) tasksOf(userID string, removed bool) []*centerTask {
	var found []*centerTask
	for _, t := range s.center.tasks {
		if t.UserID == userID && (removed && t.Removed || !removed && t.Status == statusRunning) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *centerTask) int { return int(a.ID - b.ID) })
	return found
}

func (s *Server) queryCenterTasks(c *call) (map[string]any, *apiError) {
	number, _ := strconv.Atoi(c.query.Get("pageNumber"))
	size, _ := strconv.Atoi(c.query.Get("pageSize"))
	before, hasBefore := int64(0), c.query.Has("createBefore")
	if hasBefore {
		before, _ = strconv.ParseInt(c.query.Get("createBefore"), 10, 64)
	}
	if number < 1 || size < 1 || hasBefore && before < s.Now().Add(-365*24*time.Hour).UnixMilli() {
		return nil, refuse("integrated.params.error", errcodeBadParameter, "参数非法，请检查分页参数跟起始时间")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	tasks := s.tasksOf(c.query.Get("userId"), false)
	if hasBefore {
		tasks = slices.DeleteFunc(tasks, func(t *centerTask) bool { return t.Created.UnixMilli() > before })
	}
	page, more := cutPage(tasks, (number-1)*size, size)
	// The official SDK reads result, the page (0517) says taskPage with a number as
	// createTime: each finds its own.
	list, pageList := []map[string]any{}, []map[string]any{}
	for _, t := range page {
		m := map[string]any{
			"taskId": t.ID, "userId": t.UserID, "status": t.Status, "processInstanceId": t.instance.ID, "createTime": timeV1(t.Created),
		}
		putText(m, "activityId", t.ActivityID)
		putText(m, "result", strings.ToLower(t.Result))
		putText(m, "finishTime", timeV1(t.Finished))
		list = append(list, m)
		m = maps.Clone(m)
		m["createTime"] = t.Created.UnixMilli()
		pageList = append(pageList, m)
	}
	return map[string]any{
		"result":   map[string]any{"hasMore": more, "list": list},
		"taskPage": map[string]any{"hasMore": more, "list": pageList},
	}, nil
}

func (s *Server) oapiQueryCenterTasks(c *call) (map[string]any, *apiError) {
	var in struct {
		UserID string `json:"userid"`
		Offset int    `json:"offset"`
		Count  int    `json:"count"`
		Status int    `json:"status"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	page, more := cutPage(s.tasksOf(in.UserID, in.Status == -1), in.Offset, in.Count)
	list := []map[string]any{}
	for _, t := range page {
		list = append(list, map[string]any{
			"task_id": strconv.FormatInt(t.ID, 10), "instance_id": t.instance.ID, "title": t.instance.Title, "url": t.URL, "forms": t.instance.shown(),
		})
	}
	return map[string]any{"result": map[string]any{"has_more": more, "list": list}}, nil
}

func (in *centerInstance) shown() []map[string]any {
	forms := []map[string]any{}
	for _, v := range in.Values {
		forms = append(forms, map[string]any{"title": v.Name, "content": v.Value})
	}
	return forms
}

func (s *Server) listWorkRecords(c *call) (map[string]any, *apiError) {
	offset, _ := strconv.Atoi(c.query.Get("nextToken"))
	size, _ := strconv.Atoi(c.query.Get("maxResults"))
	s.mu.Lock()
	defer s.mu.Unlock()
	page, more := cutPage(s.tasksOf(c.query.Get("userId"), false), offset, max(size, 1))
	list := []map[string]any{}
	for _, t := range page {
		list = append(list, map[string]any{
			"taskId": t.ID, "instanceId": t.instance.ID, "title": t.instance.Title, "url": t.URL, "forms": t.instance.shown(),
		})
	}
	result := map[string]any{"list": list}
	if more {
		result["nextToken"] = offset + len(page)
	}
	return map[string]any{"result": result}, nil
}

// clean removes what a template has in the company. The caller holds no lock.
func (s *Server) clean(code, corpID string) *problem {
	if corpID != s.company.app.CorpID {
		return problemOf(wrongCompany, "the company is not %q", corpID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, official := s.company.forms[code]; official {
		return problemOf(formOfficial, "form %q is an official one", code)
	}
	if _, ok := s.center.templates[code]; !ok {
		return problemOf(formNotFound, "there is no form %q", code)
	}
	s.center.order = slices.DeleteFunc(s.center.order, func(in *centerInstance) bool {
		if in.Template != code {
			return false
		}
		for _, t := range in.Tasks {
			delete(s.center.tasks, t.ID)
		}
		delete(s.center.instances, in.ID)
		s.touch(kindCenterInstance, in.ID)
		return true
	})
	return nil
}

func (s *Server) cleanProcessData(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessCode string `json:"processCode"`
		CorpID      string `json:"corpId"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := s.clean(in.ProcessCode, in.CorpID); err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{"success": true}, nil
}

func (s *Server) oapiCleanProcessData(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessCode string `json:"process_code"`
		CorpID      string `json:"corpid"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := s.clean(in.ProcessCode, in.CorpID); err != nil {
		return nil, c.refused(err)
	}
	return map[string]any{}, nil
}
