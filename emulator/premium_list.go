package emulator

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// number reads a parameter of the query that was validated.
func (c *call) number(name string) int64 {
	n, _ := strconv.ParseInt(c.query.Get(name), 10, 64) // not there: 0
	return n
}

// centrePage is the reply of the lists of the approval centre.
func (c *call) centrePage(lines []map[string]any) map[string]any {
	number, size := int(c.number("pageNumber")), int(c.number("pageSize"))
	part, more := cutPage(lines, (number-1)*size, size)
	return map[string]any{"list": append([]map[string]any{}, part...), "hasMore": more}
}

func (s *Server) summary(in *instance) map[string]any {
	m := map[string]any{
		"processInstanceId": in.ID, "status": in.Status, "processCreateTime": timeV1(in.Created),
		"originatorName": in.Originator.Name, "originatorId": in.Originator.ID, "originatorPhoto": avatarURL(in.Originator.ID),
		"formMassage": in.summaryText(), "url": s.instanceURL(in), "title": in.Title, "processType": 0,
	}
	putText(m, "result", in.Result)
	putText(m, "processEndTime", timeV1(in.Finished))
	return m
}

// newestFirst are the instances that are wanted.
func (s *Server) newestFirst(wanted func(*instance) bool) []*instance {
	var found []*instance
	for _, in := range slices.Backward(s.order) {
		if wanted(in) {
			found = append(found, in)
		}
	}
	return found
}

func (s *Server) submittedInstances(c *call) (map[string]any, *apiError) {
	var lines []map[string]any
	for _, in := range s.newestFirst(func(in *instance) bool { return in.Originator.ID == c.query.Get("userId") }) {
		line := s.summary(in)
		line["appType"] = 0
		lines = append(lines, line)
	}
	return map[string]any{"result": c.centrePage(lines), "success": true}, nil
}

func (s *Server) noticedInstances(c *call) (map[string]any, *apiError) {
	var lines []map[string]any
	for _, in := range s.newestFirst(func(in *instance) bool { return in.copied(c.query.Get("userId")) }) {
		lines = append(lines, s.summary(in))
	}
	return map[string]any{"result": c.centrePage(lines), "success": true}, nil
}

// copied reports whether the user has got a copy.
func (in *instance) copied(userID string) bool {
	return slices.ContainsFunc(in.Records, func(r record) bool { return slices.Contains(r.CC, userID) })
}

// tasksOfUser are the user's tasks in a state, youngest first.
func (s *Server) tasksOfUser(userID, status string) []*task {
	var found []*task
	for _, t := range s.tasks {
		if t.UserID == userID && t.Status == status {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *task) int { return cmp.Compare(b.ID, a.ID) })
	return found
}

func (s *Server) taskSummary(t *task) map[string]any {
	line := s.summary(t.instance)
	line["taskId"], line["activityId"] = strconv.FormatInt(t.ID, 10), t.instance.Steps[t.Step].ActivityID
	line["url"] = s.taskURL("pc", t)
	return line
}

func (s *Server) todoTasks(c *call) (map[string]any, *apiError) {
	before := s.Now().Add(time.Second)
	if text := c.query.Get("createBefore"); text != "" {
		t, err := time.ParseInLocation(secondChina, text, chinaTime())
		if err != nil {
			return nil, refuse("oaplus.params.error", errcodeBadParameter, "参数校验不合法，请检查createBefore")
		}
		before = t
	}
	var lines []map[string]any
	for _, t := range s.tasksOfUser(c.query.Get("userId"), statusRunning) {
		if !t.Created.Before(before) {
			continue
		}
		line := s.taskSummary(t)
		line["appType"] = 0
		delete(line, "result")
		lines = append(lines, line)
	}
	result := c.centrePage(lines)
	result["success"] = true
	return map[string]any{"result": result}, nil
}

func (s *Server) doneTasks(c *call) (map[string]any, *apiError) {
	var lines []map[string]any
	for _, t := range s.tasksOfUser(c.query.Get("userId"), statusCompleted) {
		lines = append(lines, s.taskSummary(t))
	}
	return map[string]any{"result": c.centrePage(lines), "success": true}, nil
}

func (s *Server) managedTasks(c *call) (map[string]any, *apiError) {
	userID := c.query.Get("actionerUserId")
	if err := s.managed(userID, c.query.Get("managerUserId")); err != nil {
		return nil, err
	}
	number, size := c.number("nextToken"), c.number("maxResults")
	if number < 1 || size < 1 || size > listPage {
		return nil, refuse("invalidParameter", errcodeBadParameter, "不合法的参数：nextToken从1开始，maxResults最大20")
	}
	list := []map[string]any{}
	part, more := cutPage(s.tasksOfUser(userID, statusRunning), int((number-1)*size), int(size))
	for _, t := range part {
		in := t.instance
		list = append(list, map[string]any{
			"taskId": t.ID, "processCode": in.form.ProcessCode, "title": in.Title, "businessId": in.BusinessID,
			"processInstanceId": in.ID, "userId": t.UserID, "canRedirect": true, "createTime": t.Created.UnixMilli(),
		})
	}
	return map[string]any{"result": map[string]any{"list": list, "hasMore": more}}, nil
}

// instancesOf is one page of a form's instances, and whether there is more.
func (s *Server) instancesOf(c *call, cursor int64, statuses []string) (list []*instance, next int64, err *apiError) {
	req := listRequest{
		processCode: c.query.Get("processCode"), start: c.number("startTimeInMills"), end: c.number("endTimeInMills"),
		hasEnd: c.query.Get("endTimeInMills") != "", cursor: cursor, size: c.number("maxResults"), statuses: statuses,
	}
	if err := s.checkWindow(&req, s.Now()); err != nil {
		return nil, 0, refuse("timeStamp.invalid", errcodeBadParameter, "illegal timestamp")
	}
	ids, next, problem := s.list(req)
	if problem != nil {
		return nil, 0, c.refused(problem)
	}
	for _, id := range ids {
		list = append(list, s.instances[id])
	}
	return list, next, nil
}

// listedInstances is paged by number, beginning with 1.
func (s *Server) listedInstances(c *call) (map[string]any, *apiError) {
	number, size := int64(1), c.number("maxResults")
	if text := c.query.Get("nextToken"); text != "" {
		number = c.number("nextToken")
	}
	if number < 1 {
		return nil, refuse("pageIndex.invalid", errcodeBadParameter, "illegal pageIndex")
	}
	if size < 1 || size > listPage {
		return nil, refuse("pageSize.invalid", errcodeBadParameter, "illegal pageSize")
	}
	found, next, err := s.instancesOf(c, (number-1)*size, nil)
	if err != nil {
		return nil, err
	}
	list := []map[string]any{}
	for _, in := range found {
		m := c.listedInstance(in)
		if c.spec.Premium {
			m["createTimeInMills"] = in.Created.UnixMilli()
			putMillis(m, "finishTimeInMills", in.Finished)
		}
		list = append(list, m)
	}
	result := map[string]any{"list": list, "hasMore": next > 0, "maxResults": size}
	if next > 0 {
		result["nextToken"] = strconv.FormatInt(number+1, 10)
	}
	return map[string]any{"result": result}, nil
}

// exportedInstances is paged by offset.
func (s *Server) exportedInstances(c *call) (map[string]any, *apiError) {
	var statuses []string
	if status := c.query.Get("status"); status != "" {
		statuses = []string{status}
	}
	found, next, err := s.instancesOf(c, c.number("nextToken"), statuses)
	if err != nil {
		return nil, err
	}
	list := []map[string]any{}
	for _, in := range found {
		list = append(list, c.listedInstance(in))
	}
	result := map[string]any{"list": list, "hasMore": next > 0}
	if next > 0 {
		result["nextToken"] = strconv.FormatInt(next, 10)
	}
	return map[string]any{"result": result}, nil
}

func (c *call) listedInstance(in *instance) map[string]any {
	exported := c.spec.ID == "PagesExportInstances" // which tells more than the others
	values, records, tasks := []map[string]any{}, []map[string]any{}, []map[string]any{}
	for _, v := range in.Values {
		m := map[string]any{"id": v.ID, "name": v.Name, "value": v.Value}
		putText(m, "extValue", v.ExtValue)
		if exported {
			m["componentName"] = v.Type
		}
		values = append(values, m)
	}
	for _, r := range in.Records {
		if r.Kind == recordCC || r.Kind == recordRevert {
			continue // lists know no records of these kinds
		}
		m := map[string]any{"userId": r.UserID, "timestamp": r.Time.UnixMilli(), "operationType": r.Kind, "result": r.Result}
		putText(m, "remark", r.Remark)
		var attachments []map[string]any
		for _, a := range r.Attachments {
			attachments = append(attachments, map[string]any{
				"fileName": a.FileName, "fileSize": a.FileSize, "fileId": a.FileID, "fileType": a.FileType,
			})
		}
		if attachments != nil {
			m["attachments"] = attachments
		}
		if exported {
			put(m, "images", r.Photos)
			putText(m, "activityId", r.ActivityID)
			if r.TaskID != 0 {
				m["taskId"] = r.TaskID
			}
		}
		records = append(records, m)
	}
	for _, t := range in.Tasks {
		m := map[string]any{
			"taskId": t.ID, "userId": t.UserID, "status": t.Status,
			"createTimestamp": t.Created.UnixMilli(), "activityId": in.Steps[t.Step].ActivityID,
		}
		putText(m, "result", t.Result)
		putMillis(m, "finishTimestamp", t.Finished)
		tasks = append(tasks, m)
	}
	m := map[string]any{
		"processInstanceId": in.ID, "businessId": in.BusinessID, "title": in.Title, "status": in.Status,
		"originatorUserid": in.Originator.ID, "originatorDeptId": strconv.FormatInt(in.DeptID, 10), "createTime": in.Created.UnixMilli(),
		"formComponentValues": values, "operationRecords": records, "tasks": tasks,
	}
	putText(m, "result", in.Result)
	putMillis(m, "finishTime", in.Finished)
	return m
}
