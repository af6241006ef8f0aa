package dingoa

// FileService handles the attachments of approvals (审批附件) and their drive space (审批钉盘空间).
//
// https://open.dingtalk.com/document/development/obtains-the-information-about-approval-nail-disk
type FileService service
