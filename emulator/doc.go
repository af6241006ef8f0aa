// Package emulator is a DingTalk OA approval (钉钉 OA 审批) that runs inside your
// process: forms, approvals, tasks, events and failures, without an account, an
// administrator or a public address.
//
//	server, err := emulator.New()
//	client, err := server.Client()   // a dingoa.Client, no socket involved
//
// A [Server] keeps state like the service does. An approval that was created
// through the API waits for its approvers, goes from node to node and ends agreed
// or refused. Each step is an event: pushed to your callback (HTTP 推送), signed
// and encrypted, or sent over the connections of stream mode (Stream 推送), and
// sent again until it is acknowledged.
//
// People act with [Server.Approve], [Server.Refuse], [Server.Redirect],
// [Server.AppendTask], [Server.Revert], [Server.Terminate] and [Server.AddComment].
// [Server.Advance] lets time pass. [Server.Fail] makes requests fail or be slow,
// [Server.FailEvents] makes events come late, twice, damaged or not at all, and
// [Server.DisconnectStreams] and [Server.CutStreams] end connections.
//
// Packages company and fault have the types that describe people, forms and apps,
// and what is to fail; company has the defaults, such as its leave form.
//
// [WithSeed] describes the company, its forms and past approvals in YAML.
// [WithState] keeps everything in a file across restarts. [WithAdmin] does all of
// the above over HTTP, for a console or tests in other languages, which reach the
// gateways through [Server.Listen]. docs/emulator.md describes the three, and
// lists which operations are imitated and what is not:
// https://github.com/dingoa/dingoa/blob/main/docs/emulator.md
//
// Requests are checked against the vendor's field lists and answered with the
// vendor's own error codes, on both gateways (api.dingtalk.com/v1.0/… and
// oapi.dingtalk.com/topapi/…), which work on the same state. A request that the
// emulator accepts is well-formed; whether the real company has that form, user
// or permission only the real service knows. Form values are checked against the
// form (see [company.EveryComponentForm]) and the company: options, numbers, dates in the
// component's format, required columns, and that users, departments, approvals
// and files exist. An operation that is known but not imitated answers HTTP 501
// and says so.
//
// The operations of OA premium (OA 高级版) need [WithPremium]; without it they
// answer benefit.status.invalid. Every user passes for an administrator. Added
// approvers (加签) get a step of their own: before the task, which pauses
// meanwhile, or after its step. What was sent back (退回) to the originator goes on
// when the originator agrees.
//
// Where the vendor's pages leave something open, the emulator takes the side
// that catches more mistakes: isSystem must be sent when an instance is
// terminated; a callback has 1.5 seconds to answer, not 2.5; a list ends
// silently at 10,000 IDs; somebody's refusal cancels the running tasks of the
// others with an event each. Of stream mode they do not say when an event is
// sent again: here after a minute without an acknowledgement, and after ten
// seconds when it was answered with LATER. docs/emulator.md lists what each of
// these rests on.
//
// Clocks of clients and of the service differ in the wild: [WithClockSkew] and
// [Server.SetClockSkew] set how far the emulator's is ahead of its clients' or
// behind them.
//
// The emulator opens no socket unless [Server.Listen] is called, calls nothing
// but the callback, and holds no real credential. It is not hardened for anything
// but a developer's machine or a test.
package emulator
