package dingoa

// TemplateService creates and reads approval forms (审批表单模板).
//
// https://open.dingtalk.com/document/development/workflow-overview
type TemplateService service
