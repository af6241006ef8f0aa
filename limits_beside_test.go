package dingoa_test

import (
	"strings"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/attendance"
	"github.com/dingoa/dingoa/signon"
	"github.com/dingoa/dingoa/todo"
)

func checkedFiles() []checked {
	preview := dingoa.AuthorizePreviewRequest{UserID: "user1", InstanceID: "instance1", FileID: "1"}
	download := dingoa.AuthorizeDownloadRequest{UserID: "user1", Files: []dingoa.SpaceFile{{SpaceID: "1", FileID: "2"}}}
	downloadNames := map[string]string{
		"userid": "UserID", "fileinfos": "Files", "fileinfos.fileid": "Files[0].FileID", "fileinfos.spaceid": "Files[0].SpaceID",
	}
	fileURL := dingoa.DownloadURLRequest{InstanceID: "instance1", FileID: "1"}
	upload := dingoa.UploadRequest{UserID: "user1", UnionID: "union1", Name: "a.txt", Size: 1, Content: strings.NewReader("a")}
	return []checked{
		{id: "GetAttachmentSpace", request: dingoa.SpaceRequest{UserID: "user1"}, method: func(c *dingoa.Client) any { return c.Files.Space }},
		{id: "PremiumGetAttachmentSpace", request: dingoa.SpaceRequest{UserID: "user1"}, method: func(c *dingoa.Client) any { return c.Premium.FileSpace }},
		{
			id: "GetSpaceWithDownloadAuth", request: preview, method: func(c *dingoa.Client) any { return c.Files.AuthorizePreview },
			names: map[string]string{"fileidlist": "FileIDs"},
		},
		{
			id: "PremiumGetSpaceWithDownloadAuth", request: preview,
			method: func(c *dingoa.Client) any { return c.Premium.AuthorizeFilePreview },
		},
		{id: "AddApproveDentryAuth", request: download, method: func(c *dingoa.Client) any { return c.Files.AuthorizeDownload }, names: downloadNames},
		{id: "PremiumAddApproveDentryAuth", request: download, method: func(c *dingoa.Client) any { return c.Premium.AuthorizeFileDownload }, names: downloadNames},
		{id: "GrantProcessInstanceForDownloadFile", request: fileURL, method: func(c *dingoa.Client) any { return c.Files.DownloadURL }},
		{id: "PremiumGrantProcessInstanceForDownloadFile", request: fileURL, method: func(c *dingoa.Client) any { return c.Premium.FileDownloadURL }},
		{
			id: "GrantCspaceAuthorization", request: dingoa.AuthorizeSpaceRequest{SpaceID: "1", UserID: "user1", Type: "add"},
			method: func(c *dingoa.Client) any { return c.Files.AuthorizeSpace },
			names:  map[string]string{"spaceid": "SpaceID", "type": "Type", "userid": "UserID"},
		},
		{
			id: "GetHandSignDownloadUrl", request: dingoa.HandSignURLRequest{InstanceID: "instance1", Token: "sign1"},
			method: func(c *dingoa.Client) any { return c.Premium.HandSignURL },
		},
		// Their own tests look at what a transfer sends; it takes nothing of these
		// fields from the caller but what its request requires.
		{id: "GetFileUploadInfo", request: upload, method: func(c *dingoa.Client) any { return c.Files.Upload }, names: map[string]string{
			"spaceid": sdkSets, "unionid": sdkSets, "protocol": sdkSets, "multipart": sdkSets,
			"option.storagedriver": sdkSets, "option.preferregion": sdkSets,
		}},
		{id: "CommitFile", request: upload, method: func(c *dingoa.Client) any { return c.Files.Upload }, names: map[string]string{
			"spaceid": sdkSets, "unionid": sdkSets, "uploadkey": sdkSets, "name": sdkSets, "parentid": sdkSets,
			"option.conflictstrategy": sdkSets, "option.appproperties": sdkSets, "option.appproperties.name": sdkSets,
			"option.appproperties.value": sdkSets, "option.appproperties.visibility": sdkSets,
		}},
		{id: "GetFileDownloadInfo", request: fileURL, method: func(c *dingoa.Client) any { return c.Files.DownloadURL }, names: map[string]string{
			"spaceid": sdkSets, "unionid": sdkSets, "dentryid": sdkSets,
		}},
		{id: "OapiV2UserGet", request: upload, method: func(c *dingoa.Client) any { return c.Files.Upload }, names: map[string]string{
			"userid": sdkSets, "language": sdkSets,
		}},
	}
}

func checkedOthers() []checked {
	registration := dingoa.CallbackRegistration{
		EventTypes: []string{"bpms_task_change"}, Token: "token1", AESKey: strings.Repeat("k", 43), URL: "https://example.com/callback",
	}
	from := time.Date(2024, 5, 6, 9, 0, 0, 0, time.UTC)
	return []checked{
		{id: "RegisterCallBack", request: registration, method: func(c *dingoa.Client) any { return c.Callbacks.Register }},
		{id: "UpdateCallBack", request: registration, method: func(c *dingoa.Client) any { return c.Callbacks.Update }},
		{
			id:      "OpenConnection",
			request: dingoa.StreamRequest{Subscriptions: []dingoa.StreamSubscription{{Type: dingoa.StreamTypeEvent, Topic: "*"}}},
			method:  func(c *dingoa.Client) any { return c.Streams.Open },
			names: map[string]string{
				"subscriptions": "Subscriptions", "subscriptions.type": "Subscriptions[0].Type", "subscriptions.topic": "Subscriptions[0].Topic",
			},
		},
		{
			id: "GetSsoAccessToken", request: signon.SSOTokenRequest{CorpID: "corp1", SSOSecret: "secret1"},
			method: func(c *dingoa.Client) any { return signon.New(c).SSOToken },
			names:  map[string]string{"corpsecret": "SSOSecret"},
		},
		{
			id: "GetUserToken", request: signon.UserTokenRequest{Code: "code1"}, method: func(c *dingoa.Client) any { return signon.New(c).UserToken },
			names: map[string]string{"granttype": sdkSets},
		},
		{
			id: "OapiWorkrecordAdd",
			request: todo.AddRequest{
				UserID: "user1", Title: "请审批", URL: "https://example.com", Items: []todo.Item{{Title: "事由", Content: "差旅"}},
			},
			method: func(c *dingoa.Client) any { return todo.New(c).Add },
		},
		{
			id: "OapiWorkrecordUpdate", request: todo.CompleteRequest{UserID: "user1", RecordID: "record1"},
			method: func(c *dingoa.Client) any { return todo.New(c).Complete },
		},
		{
			id: "OapiWorkrecordGetbyuserid", request: todo.ListRequest{UserID: "user1"}, method: func(c *dingoa.Client) any { return todo.New(c).List },
			names: map[string]string{"status": "-of Done", "offset": sdkSets},
		},
		{
			id: "OapiAttendanceApproveFinish",
			request: attendance.NotifyApprovalRequest{
				UserID: "user1", Kind: attendance.Trip, FromTime: from, ToTime: from.Add(time.Hour), Unit: attendance.Hour,
				TagName: "出差", SubType: "市内", ApproveID: "1", JumpURL: "https://example.com", OvertimeHours: 1, OvertimePay: attendance.OvertimeToLeave,
			},
			method: func(c *dingoa.Client) any { return attendance.New(c).NotifyApproval },
			names:  map[string]string{"calculatemodel": "-of WorkingDays"},
			also:   map[string]map[string]any{"overtimetomore": {"Kind": 1}},
		},
	}
}
