package dingoa

// Operation describes one operation of the vendor. The table of all of them is
// generated (operations_gen.go, docs/API.md); each has a variable named
// Op<vendor's name>, to be read only.
//
// A value of your own works too: [Client.Call] sends any DingTalk operation
// that takes an access token, with the same retries, errors and hooks.
type Operation struct {
	// ID is the vendor's name of the operation, such as "StartProcessInstance".
	ID string
	// Method and Path address it on api.dingtalk.com; {name} marks a path
	// parameter. Both are empty when only the older gateway has it.
	Method, Path string
	// LegacyMethod and LegacyPath address its twin on oapi.dingtalk.com; both
	// are empty when there is none.
	LegacyMethod, LegacyPath string
	// Query names the fields, separated by commas, that go into the query
	// although the operation has a body on today's gateway.
	Query string
	// Doc is the last part of the address of the vendor's page.
	Doc string
	// Permission is the permission point (权限点) to apply for in the developer
	// console; empty when the vendor names none.
	Permission string
	// Premium reports that the enterprise needs OA premium (OA 高级版).
	Premium bool
	// Idempotent reports that sending it twice does no more than sending it
	// once, so that it may be retried after any failure.
	Idempotent bool
	// SuiteToken reports that it takes the token of a suite (第三方应用) itself,
	// see [Suite.SuiteClient], in place of a company's.
	SuiteToken bool
	// NoToken reports that it is sent without an access token.
	NoToken bool
	// EmptyReply reports that a reply of nothing at all is a success. Other
	// operations fail with [ErrServer] then, unless the status is 204.
	EmptyReply bool
}

// docHost precedes [Operation.Doc] in the address of the vendor's page.
const docHost = "https://open.dingtalk.com/document/development/"

// DocURL is the address of the vendor's page, empty when there is none.
func (o Operation) DocURL() string {
	if o.Doc == "" {
		return ""
	}
	return docHost + o.Doc
}

// String returns the ID.
func (o Operation) String() string { return o.ID }
