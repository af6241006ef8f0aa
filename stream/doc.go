// Package stream receives DingTalk's events over WebSockets (Stream 模式): no
// public address, no encryption keys, and the same handlers as for a callback
// URL.
//
//	dispatcher, err := dingoa.NewDispatcher(dingoa.On(
//		func(ctx context.Context, e *dingoa.Event, c dingoa.InstanceChange) error {
//			return save(ctx, c) // nil: done; an error: DingTalk delivers again
//		}))
//	…
//	consumer, err := stream.New(client, dispatcher)
//	…
//	err = consumer.Run(ctx) // until ctx ends
//
// Choose stream mode for the app in the developer console first (开发者后台 →
// 事件订阅 → Stream 模式推送).
//
// An event is acknowledged after its handler has returned nil, and comes again
// otherwise; one that was handled may come twice all the same, as when the
// connection broke before the acknowledgement. DingTalk does not document how
// long it waits: give handlers that take long an inbox ([event.Inbox]) to
// stand behind.
//
// https://open.dingtalk.com/document/development/develop-stream-mode-push-server
package stream
