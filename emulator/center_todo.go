package emulator

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Numbers of the older gateway for to-dos (待办任务 1.0).
const (
	errcodeBadUserID  = 33012
	errcodeBadOffset  = 40068
	errcodeBadLimit   = 40069
	errcodeSameTodo   = 854001
	errcodeManyTodos  = 854002
	todosPerDay       = 100
	todoItems         = 20
	attendanceMaxDays = 31
)

// todo is a to-do of a person.
type todo struct {
	ID      string     `json:"-"`
	BizID   string     `json:"bizId,omitempty"`
	UserID  string     `json:"user"`
	Title   string     `json:"title"`
	URL     string     `json:"url"`
	Created int64      `json:"created"` // as the caller said
	Added   time.Time  `json:"added"`
	Items   []todoItem `json:"items"`
	Done    bool       `json:"done,omitempty"`
}

type todoItem struct {
	Title   string `json:"title"`
	Content string `json:"content"`
}

func errBadUserID() *apiError { return refuse("userNotExist", errcodeBadUserID, "无效的userid") }

func (s *Server) addTodo(c *call) (map[string]any, *apiError) {
	var in struct {
		UserID     string     `json:"userid"`
		CreateTime int64      `json:"create_time"`
		Title      string     `json:"title"`
		URL        string     `json:"url"`
		Items      []todoItem `json:"formItemList"`
		BizID      string     `json:"biz_id"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.company.users[in.UserID]; !ok {
		return nil, errBadUserID()
	}
	if n := len(in.Items); n == 0 || n >= todoItems {
		return nil, refuse("invalidParameter", errcodeBadParameter, "参数不合法")
	}
	now, today := s.Now(), 0
	for _, t := range s.center.todos {
		if t.UserID != in.UserID {
			continue
		}
		sameDay := t.Added.In(chinaTime()).Format(time.DateOnly) == now.In(chinaTime()).Format(time.DateOnly)
		if in.BizID != "" && t.BizID == in.BizID || sameDay && slices.Equal(t.Items, in.Items) {
			return nil, refuse("todoExists", errcodeSameTodo, "待办任务重复")
		}
		if sameDay {
			today++
		}
	}
	if today >= todosPerDay {
		return nil, refuse("tooManyTodos", errcodeManyTodos, "待办任务超过每日限额")
	}
	t := &todo{
		ID: "record" + strings.ReplaceAll(newUUID(), "-", ""), BizID: in.BizID, UserID: in.UserID,
		Title: in.Title, URL: in.URL, Created: in.CreateTime, Added: now, Items: in.Items,
	}
	s.center.todos = append(s.center.todos, t)
	s.touch(kindTodo, t.ID)
	return map[string]any{"record_id": t.ID}, nil
}

func (s *Server) completeTodo(c *call) (map[string]any, *apiError) {
	var in struct {
		UserID   string `json:"userid"`
		RecordID string `json:"record_id"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.company.users[in.UserID]; !ok {
		return nil, errBadUserID()
	}
	found := false
	for _, t := range s.center.todos {
		if t.UserID == in.UserID && (t.ID == in.RecordID || t.BizID == in.RecordID) {
			t.Done, found = true, true
			s.touch(kindTodo, t.ID)
		}
	}
	return map[string]any{"result": found}, nil
}

func (s *Server) listTodos(c *call) (map[string]any, *apiError) {
	var in struct {
		UserID string `json:"userid"`
		Offset int    `json:"offset"`
		Limit  int    `json:"limit"`
		Status int    `json:"status"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch _, ok := s.company.users[in.UserID]; {
	case !ok:
		return nil, errBadUserID()
	case in.Offset < 0:
		return nil, refuse("invalidOffset", errcodeBadOffset, "无效的offset")
	case in.Limit < 1:
		return nil, refuse("invalidLimit", errcodeBadLimit, "无效的limit")
	}
	var found []*todo
	for _, t := range s.center.todos {
		if t.UserID == in.UserID && t.Done == (in.Status == 1) {
			found = append(found, t)
		}
	}
	slices.SortStableFunc(found, func(a, b *todo) int { return int(b.Created - a.Created) })
	page, more := cutPage(found, in.Offset, in.Limit)
	list := []map[string]any{}
	for _, t := range page {
		forms := []map[string]any{}
		for _, item := range t.Items {
			forms = append(forms, map[string]any{"title": item.Title, "content": item.Content})
		}
		list = append(list, map[string]any{"record_id": t.ID, "create_time": t.Created, "title": t.Title, "url": t.URL, "forms": forms})
	}
	return map[string]any{"records": map[string]any{"has_more": more, "list": list}}, nil
}

// finishAttendance counts days as the calendar does; shifts it does not know.
func (s *Server) finishAttendance(c *call) (map[string]any, *apiError) {
	var in struct {
		UserID   string `json:"userid"`
		BizType  int    `json:"biz_type"`
		From     string `json:"from_time"`
		To       string `json:"to_time"`
		Unit     string `json:"duration_unit"`
		Overtime string `json:"overtime_duration"`
		SubType  string `json:"sub_type"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.company.users[in.UserID]; !ok {
		return nil, errBadUserID()
	}
	layout := map[string]string{"day": time.DateOnly, "halfDay": time.DateOnly + " PM", "hour": "2006-01-02 15:04"}[in.Unit]
	from, fromErr := time.ParseInLocation(layout, in.From, chinaTime())
	to, toErr := time.ParseInLocation(layout, in.To, chinaTime())
	switch {
	case fromErr != nil || toErr != nil || to.Before(from), to.Sub(from) > attendanceMaxDays*day, s.Now().Sub(from) > attendanceMaxDays*day,
		in.BizType == 1 && in.Overtime == "", in.BizType == 3 && in.SubType == "":
		return nil, refuse("invalidParameter", errcodeBadParameter, "参数不合法")
	}
	result := map[string]any{"duration": in.Overtime, "durationDetail": []map[string]any{}}
	if in.BizType != 1 {
		var details []map[string]any
		for d := from; !d.After(to); d = d.Add(day) {
			details = append(details, map[string]any{"date": d.Format(time.DateOnly), "duration": "1.0"})
		}
		result = map[string]any{"duration": strconv.Itoa(len(details)) + ".0", "durationDetail": details}
	}
	return map[string]any{"result": result}, nil
}
