package dingoa

// DataFormService keeps data forms (数据表单), which need OA premium.
//
// https://open.dingtalk.com/document/development/api-premiumsaveform
type DataFormService service
