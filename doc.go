// Package dingoa is a client for DingTalk OA approval (钉钉 OA 审批): start, read,
// list, decide and revoke approvals, and learn of every change.
//
//	client, err := dingoa.New(appKey, appSecret)
//	created, err := client.Instances.Create(ctx, dingoa.CreateInstanceRequest{…})
//	instance, err := client.Instances.Get(ctx, created.InstanceID)
//
// A [Client] fetches, caches and renews access tokens by itself, retries what
// can be retried without harm, and speaks today's gateway
// (api.dingtalk.com/v1.0/workflow/…) or, with [WithLegacyGateway], the older one
// (oapi.dingtalk.com/topapi/…).
//
// # Services
//
// Each service is a chapter of the vendor's documentation:
//
//   - [InstanceService], Client.Instances: approvals (审批实例)
//   - [TaskService], Client.Tasks: the decisions in them (审批任务)
//   - [TemplateService], Client.Templates: forms (审批表单模板)
//   - [FileService], Client.Files: attachments and their space (审批附件)
//   - [CenterService], Client.Center: approvals of another system (流程中心)
//   - [PremiumService], Client.Premium, and [DataFormService], Client.DataForms:
//     what needs OA premium (OA 高级版)
//   - [CallbackService], Client.Callbacks: registered callbacks and failed pushes
//   - [StreamService], Client.Streams: connections of stream mode
//
// Packages todo, attendance and signon have to-dos of version 1.0, attendance (考勤)
// and the tokens of people and pages (免登). They are built on [Client.Call], as a
// package of your own for another part of DingTalk can be.
//
// docs/API.md in the repository lists every operation with its method.
// [Client.Call] sends those of package operation and any other. [NewSuite] makes the
// clients of a third-party app, one for each company.
//
// # Forms
//
// Package form turns Go structs into the values of a form and back, and holds
// them against the form's schema; [WithFormCheck] does so before every Create.
//
// # Events
//
// Package stream receives events over a WebSocket; [NewCallback] checks and
// decrypts the pushes to a callback URL, and [Callback.Handler] serves them.
// Both hand them to a [event.Dispatcher] of typed handlers made with [event.On], or to an
// [event.Inbox] that keeps them first. A backfill.FailedPushPuller and a backfill.Reconciler find
// what neither brought. docs/events.md says when to use which.
//
// # Errors
//
// Every failed call returns a *[Error] that matches one of the kinds, such as
// [ErrNotFound], with errors.Is, and says what to do about it. A call whose
// outcome is not known, because the connection broke after it was sent, matches
// [ErrOutcomeUnknown]. No error, log line or formatted value shows a secret.
//
// # Tests
//
// Package emulator is a DingTalk inside your process, and package dingoatest
// puts it into tests.
package dingoa
