// Package dingoa is a client for DingTalk OA approval (钉钉 OA 审批).
package dingoa
