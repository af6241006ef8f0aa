// Package emulator is a DingTalk OA approval (钉钉 OA 审批) that runs inside your
// process: forms, instances, tasks, callbacks and failures, without an account,
// an administrator or a public address.
//
// A [Server] keeps state like the service does. An instance that was created
// through the API waits for its approvers, goes from node to node, ends agreed
// or refused, and every step is pushed to your callback, signed and encrypted.
// [Server.Approve], [Server.Refuse] and [Server.Redirect] do what people do in
// the DingTalk app; [Server.Advance] lets time pass.
//
//	server, err := emulator.New()
//	client, err := server.Client()   // a dingoa.Client, no socket involved
//
// Requests are checked against the vendor's field lists and answered with the
// vendor's own error codes, on both gateways (api.dingtalk.com/v1.0/… and
// oapi.dingtalk.com/topapi/…), which work on the same state. A request that the
// emulator accepts is well-formed; whether the real company has that form, user
// or permission only the real service knows. Form values are checked against the
// form (see [EveryComponentForm]) and the company: options, numbers, dates in the
// component's format, required columns, and that users, departments, approvals
// and files exist. An operation that is known but not imitated answers HTTP 501
// and says so.
//
// Imitated are: StartProcessInstance, GetProcessInstance,
// TerminateProcessInstance, AddProcessInstanceComment, ListProcessInstanceIds,
// ExecuteProcessInstance, RedirectWorkflowTask, GetUserTodoTaskSum, their twins
// on the older gateway, the token endpoints /v1.0/oauth2/accessToken,
// /v1.0/oauth2/{corpId}/token and /gettoken, and /call_back/….
//
// With [WithPremium] also imitated are the operations of OA premium (OA 高级版) on
// these approvals: archiving, sending back (退回), adding approvers (加签),
// changing values, deciding and handing over in batches, and the lists of the
// approval centre. Every user passes for an administrator. Added approvers get a
// step of their own: before the task, which pauses meanwhile, or after its step.
// What was sent back to the originator goes on when the originator agrees.
// Without OA premium they answer benefit.status.invalid.
//
// Where the vendor's pages leave something open, the emulator takes the side
// that catches more mistakes: isSystem must be sent when an instance is
// terminated; a callback has 1.5 seconds to answer, not 2.5; a list ends
// silently at 10,000 IDs; somebody's refusal cancels the running tasks of the
// others with an event each.
//
// The emulator opens no socket unless [Server.Listen] is called, calls nothing
// but the callback, and holds no real credential. It is not hardened for anything
// but a developer's machine or a test.
package emulator
