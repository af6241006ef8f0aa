package dingoa

// PremiumService has the operations that need OA premium (OA 高级版).
//
// https://open.dingtalk.com/document/development/description-of-new-oa-approval-premium-exclusive-openapi-and-solutions
type PremiumService service
