package emulator

import (
	"encoding/json"
	"maps"
	"net/url"
	"strconv"
	"time"
)

// The events bpms_instance_change and bpms_task_change as today's HTTP pushes
// have them: one flat object.

const (
	eventInstance = "bpms_instance_change"
	eventTask     = "bpms_task_change"
	eventCheckURL = "check_url"
)

// pushInstance queues start, finish or terminate of an instance. finishTime is
// absent on start, result on start and terminate.
func (s *Server) pushInstance(in *instance, kind string, now time.Time) {
	data := s.commonData(in, kind)
	data["createTime"] = in.Created.UnixMilli()
	data["businessType"] = in.BusinessID
	data["url"] = s.instanceURL(in)
	data["staffId"] = in.Originator.ID
	putText(data, "result", in.Result)
	if !in.Finished.IsZero() {
		data["finishTime"] = in.Finished.UnixMilli()
	}
	s.enqueue(Push{EventType: eventInstance, Type: kind, InstanceID: in.ID, Time: now}, data)
}

// pushTask queues start, finish or cancel of a task; result is agree, refuse or
// redirect, on finish only.
func (s *Server) pushTask(t *task, kind, result, remark string, now time.Time) {
	data := s.commonData(t.instance, kind)
	data["createTime"] = t.Created.UnixMilli()
	data["taskId"] = t.ID
	data["staffId"] = t.UserID
	putText(data, "result", result)
	putText(data, "remark", remark)
	if !t.Finished.IsZero() {
		data["finishTime"] = t.Finished.UnixMilli()
	}
	s.enqueue(Push{EventType: eventTask, Type: kind, InstanceID: t.instance.ID, TaskID: t.ID, Time: now}, data)
}

func (s *Server) commonData(in *instance, kind string) map[string]any {
	return map[string]any{
		"processInstanceId": in.ID, "processCode": in.form.ProcessCode, "bizCategoryId": "",
		"businessId": in.BusinessID, "title": in.Title, "type": kind,
	}
}

// event is data with the fields that every push has.
func (s *Server) event(p Push, data map[string]any) map[string]any {
	event := maps.Clone(data)
	event["EventType"] = p.EventType
	if p.EventType == eventSuiteTicket {
		return event // has none of the rest
	}
	event["EventTime"] = p.Time.UnixMilli()
	event["CorpId"] = s.company.app.CorpID
	event["BizId"] = strconv.FormatInt(p.Time.UnixMilli(), 10)
	event["eventId"] = p.EventID
	return event
}

// failedEntry is an event in the list of failed pushes: under a key that is
// named like the event, and without the envelope.
func (s *Server) failedEntry(p *queued) map[string]any {
	return map[string]any{
		"call_back_tag": p.EventType,
		"event_time":    p.Time.UnixMilli(),
		p.EventType: map[string]any{
			"corpid":           s.company.app.CorpID,
			"bpmsCallBackData": p.data,
		},
	}
}

func (s *Server) instanceURL(in *instance) string {
	return s.pageURL("mobile/homepage.htm", url.Values{"procInstId": {in.ID}})
}

func (s *Server) taskURL(device string, t *task) string {
	return s.pageURL(device+"/homepage.htm", url.Values{
		"procInstId": {t.instance.ID}, "taskId": {strconv.FormatInt(t.ID, 10)},
	})
}

func (s *Server) pageURL(page string, query url.Values) string {
	query.Set("corpid", s.company.app.CorpID)
	query.Set("dd_share", "false")
	return "https://aflow.dingtalk.com/dingtalk/" + page + "?" + query.Encode()
}

// checkURLEvent is the push that tests a callback when it is registered.
func checkURLEvent() json.RawMessage { return encode(map[string]any{"EventType": eventCheckURL}) }
