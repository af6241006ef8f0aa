package dingoa

// EventService registers callbacks with the older interface and reads the pushes that failed (推送失败的事件).
//
// https://open.dingtalk.com/document/development/obtain-the-event-list-of-failed-push-messages
type EventService service
