// Package operation is the table of DingTalk's operations that concern OA
// approval, for [dingoa.Client.Call]:
//
//	err := client.Call(ctx, operation.StartProcessInstance, in, &out)
//
// Its constants are generated from api/operations.yaml, as docs/API.md is, which
// names the method of a service that sends each of them.
//
// An operation that is not in the table is a [Spec] that the caller makes. It is
// sent with the same token, retries, errors and hooks:
//
//	err := client.Call(ctx, operation.Spec{
//		Name: "GetUser", LegacyMethod: "POST", LegacyPath: "/topapi/v2/user/get", Idempotent: true,
//	}, map[string]any{"userid": "manager123"}, &out)
//
// [dingoa.Client.Call]: https://pkg.go.dev/github.com/dingoa/dingoa#Client.Call
package operation

// Operation is an operation of DingTalk: an [ID] of the table or a [Spec].
type Operation interface {
	// Spec describes the operation.
	Spec() Spec
}

// ID is an operation of the table, such as [StartProcessInstance]. Its number
// may differ between versions of this module; keep its name, which String
// returns.
type ID uint8

// Spec returns a copy of the row of the table; the zero Spec when id is none of
// the constants.
func (id ID) Spec() Spec {
	if int(id) >= len(specs) {
		return Spec{}
	}
	return specs[id]
}

// String returns the vendor's name of the operation.
func (id ID) String() string { return id.Spec().Name }

// Spec describes an operation. It is an [Operation] itself.
type Spec struct {
	// Name is the vendor's name of the operation, such as "StartProcessInstance".
	// Errors, hooks and counts of calls have it.
	Name string
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
	// SuiteToken reports that it takes the token of a suite (第三方应用) itself in
	// place of a company's.
	SuiteToken bool
	// NoToken reports that it is sent without an access token.
	NoToken bool
	// EmptyReply reports that a reply of nothing at all is a success. Other
	// operations fail with a server error then, unless the status is 204.
	EmptyReply bool
}

// Spec returns s.
func (s Spec) Spec() Spec { return s }

// docHost precedes [Spec.Doc] in the address of the vendor's page.
const docHost = "https://open.dingtalk.com/document/development/"

// DocURL is the address of the vendor's page, empty when there is none.
func (s Spec) DocURL() string {
	if s.Doc == "" {
		return ""
	}
	return docHost + s.Doc
}

// String returns the name.
func (s Spec) String() string { return s.Name }
