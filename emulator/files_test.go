package emulator_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

const fileCalls = "/v1.0/workflow/processInstances/spaces/"

// withFile starts an approval that has a file of the originator's.
func withFile(t *testing.T, opts ...emulator.Option) (s *emulator.Server, file emulator.File, instanceID string) {
	t.Helper()
	form := company.DefaultForm()
	form.Components = append(form.Components, company.Component{Label: "附件", Type: "DDAttachment"})
	s = newServer(t, append([]emulator.Option{emulator.WithForms(form)}, opts...)...)
	file, err := s.PutFile("zhangsan", "a.txt", []byte("content"))
	require.NoError(t, err)
	value, err := dingoa.AttachmentValue("附件", dingoa.Attachment{SpaceID: file.SpaceID, FileID: file.ID, FileName: file.Name, FileSize: 7, FileType: "txt"})
	require.NoError(t, err)
	req := leave()
	req.FormValues = append(req.FormValues, value)
	return s, file, create(t, newClient(t, s), req)
}

func number(text string) any {
	var n int64
	for _, digit := range text {
		n = 10*n + int64(digit-'0')
	}
	return n
}

func TestFilesOnBothGateways(t *testing.T) {
	t.Parallel()
	s, file, id := withFile(t)
	for name, test := range map[string]struct {
		path, old string
		in, inOld object
		operation string
		twin      string
	}{
		"space": {
			fileCalls + "infos/query", "/topapi/processinstance/cspace/info",
			object{"userId": "lisi"},
			object{"user_id": "lisi"},
			"GetAttachmentSpace", "OapiProcessinstanceCspaceInfo",
		},
		"preview": {
			fileCalls + "authPreview", "/topapi/processinstance/cspace/preview",
			object{"userId": "lisi", "processInstanceId": id, "fileId": file.ID},
			object{"request": object{"userid": "lisi", "process_instance_id": id, "file_id": file.ID}},
			"GetSpaceWithDownloadAuth", "OapiProcessinstanceCspacePreview",
		},
		"download": {
			fileCalls + "files/authDownload", "/topapi/process/dentry/auth",
			object{"userId": "lisi", "fileInfos": []object{{"fileId": file.ID, "spaceId": number(file.SpaceID)}}},
			object{"request": object{"userid": "lisi", "file_infos": []object{{"file_id": file.ID, "space_id": number(file.SpaceID)}}}},
			"AddApproveDentryAuth", "OapiProcessDentryAuth",
		},
		"address": {
			fileCalls + "files/urls/download", "/topapi/processinstance/file/url/get",
			object{"processInstanceId": id, "fileId": file.ID},
			object{"request": object{"process_instance_id": id, "file_id": file.ID}},
			"GrantProcessInstanceForDownloadFile", "OapiProcessinstanceFileUrlGet",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			today := call(t, s, http.MethodPost, test.path, test.in)
			require.Equal(t, 200, today.status, "%s", today.body)
			requireDocumented(t, test.operation, today.body)
			old := callOld(t, s, http.MethodPost, test.old, test.inOld)
			require.InDelta(t, 0, old.object["errcode"], 0, "%s", old.body)
			requireDocumented(t, test.twin, old.body)
		})
	}
}

func TestFilesAreRefused(t *testing.T) {
	t.Parallel()
	s, file, id := withFile(t)
	other, err := s.PutFile("zhangsan", "a.txt", []byte("other"))
	require.NoError(t, err)
	require.Equal(t, "a(1).txt", other.Name)
	for name, test := range map[string]struct {
		path string
		in   object
		code string
	}{
		"space, stranger":       {"infos/query", object{"userId": "nobody"}, "userNotExist"},
		"space, nobody":         {"infos/query", object{}, "invalidUserId"},
		"preview, stranger":     {"authPreview", object{"userId": "nobody", "processInstanceId": id, "fileId": file.ID}, "userNotExist"},
		"preview, no instance":  {"authPreview", object{"userId": "lisi", "processInstanceId": "x", "fileId": file.ID}, "processInstNotExist"},
		"preview, other file":   {"authPreview", object{"userId": "lisi", "processInstanceId": id, "fileId": other.ID}, "noPermission"},
		"preview, one of two":   {"authPreview", object{"userId": "lisi", "processInstanceId": id, "fileId": file.ID, "fileIdList": []string{other.ID}}, "noPermission"},
		"preview, no file":      {"authPreview", object{"userId": "lisi", "processInstanceId": id}, "invalidFileId"},
		"download, no file":     {"files/authDownload", object{"userId": "lisi", "fileInfos": []object{{"fileId": "1", "spaceId": 1}}}, "hsfIntegrationErrorCspaceDentryServiceInfo"},
		"download, nothing":     {"files/authDownload", object{"userId": "lisi", "fileInfos": []object{}}, "invalidFileInfos"},
		"address, no instance":  {"files/urls/download", object{"processInstanceId": "x", "fileId": file.ID}, "processInstNotExist"},
		"address, other file":   {"files/urls/download", object{"processInstanceId": id, "fileId": other.ID}, "noPermission"},
		"address, comment flag": {"files/urls/download", object{"processInstanceId": id, "fileId": other.ID, "withCommentAttatchment": true}, "noPermission"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := call(t, s, http.MethodPost, fileCalls+test.path, test.in)
			require.Equal(t, 400, r.status)
			require.Equal(t, test.code, r.object["code"], "%s", r.body)
		})
	}
}

func TestPremiumFiles(t *testing.T) {
	t.Parallel()
	s, file, id := withFile(t, emulator.WithPremium())
	require.NoError(t, s.Leave("zhaoliu"))
	const premium = "/v1.0/workflow/premium/processInstances/"
	for path, in := range map[string]object{
		"spaces/infos/query":           {"userId": "zhaoliu"}, // has left
		"spaces/authPreview":           {"userId": "lisi", "processInstanceId": id, "fileId": file.ID},
		"spaces/files/authDownload":    {"userId": "zhaoliu", "fileInfos": []object{{"fileId": file.ID, "spaceId": number(file.SpaceID)}}},
		"spaces/files/urls/download":   {"processInstanceId": id, "fileId": file.ID},
		"handSigns/downloadUrls/query": {"processInstanceId": id, "handSignToken": "t"},
	} {
		r := call(t, s, http.MethodPost, premium+path, in)
		require.Equal(t, 200, r.status, "%s: %s", path, r.body)
		standard, _, _ := withFile(t)
		r = call(t, standard, http.MethodPost, premium+path, in)
		require.Equal(t, "benefit.status.invalid", r.object["code"], path)
	}
	r := call(t, s, http.MethodPost, fileCalls+"infos/query", object{"userId": "zhaoliu"})
	require.Equal(t, "userNotExist", r.object["code"])
}

func TestUploadRules(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		begin := func(union string) reply {
			return call(t, s, http.MethodPost, "/v1.0/storage/spaces/3000000163/files/uploadInfos/query?unionId="+union,
				object{"protocol": "HEADER_SIGNATURE", "multipart": false, "option": object{"preCheckParam": object{"md5": "9a0364b9e99bb480dd25e1f0284c8555"}}}) // of "content"
		}
		require.Equal(t, 403, begin("unionid-lisi").status, "nobody let lisi upload")
		require.Equal(t, 200, call(t, s, http.MethodPost, fileCalls+"infos/query", object{"userId": "lisi"}).status)
		require.Equal(t, 400, begin("somebody").status)
		r := begin("unionid-lisi")
		require.Equal(t, 200, r.status, "%s", r.body)
		requireDocumented(t, "GetFileUploadInfo", r.body)
		address := dig[string](t, r.object, "headerSignatureInfo", "resourceUrls", 0)
		authorization := dig[string](t, r.object, "headerSignatureInfo", "headers", "Authorization")
		put := func(body string, header ...string) reply {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, address, strings.NewReader(body))
			require.NoError(t, err)
			for i := 0; i < len(header); i += 2 {
				req.Header.Set(header[i], header[i+1])
			}
			resp, err := s.HTTPClient().Do(req)
			require.NoError(t, err)
			defer resp.Body.Close()
			var out bytes.Buffer
			_, err = out.ReadFrom(resp.Body)
			require.NoError(t, err)
			return reply{status: resp.StatusCode, body: out.Bytes()}
		}
		commit := func(name string, size int) reply {
			return call(t, s, http.MethodPost, "/v1.0/storage/spaces/3000000163/files/commit?unionId=unionid-lisi",
				object{"uploadKey": r.object["uploadKey"], "name": name, "parentId": "0", "option": object{"size": size}})
		}
		require.Equal(t, "dentryStoreError", commit("a.txt", 7).object["code"], "nothing was sent")
		require.Contains(t, string(put("content").body), "SignatureDoesNotMatch")
		require.Contains(t, string(put("content", "Authorization", authorization, "Content-Type", "text/plain").body), "SignatureDoesNotMatch")
		require.Contains(t, string(put("content", "Authorization", authorization, "x-acs-dingtalk-access-token", "t").body), "access token")
		require.Equal(t, 200, put("CONTENT", "Authorization", authorization).status)
		require.Equal(t, "dentryStoreError", commit("a.txt", 7).object["code"], "another MD5")
		require.Equal(t, 200, put("content", "Authorization", authorization).status)
		require.Equal(t, "dentryStoreError", commit("a.txt", 8).object["code"])
		require.Equal(t, "dentryNameIllegal", commit("a|.txt", 7).object["code"])
		committed := commit("a.txt", 7)
		require.Equal(t, 200, committed.status, "%s", committed.body)
		requireDocumented(t, "CommitFile", committed.body)
		require.Equal(t, "paramError", commit("a.txt", 7).object["code"], "twice")

		r = begin("unionid-lisi")
		address = dig[string](t, r.object, "headerSignatureInfo", "resourceUrls", 0)
		authorization = dig[string](t, r.object, "headerSignatureInfo", "headers", "Authorization")
		s.Advance(16 * time.Minute)
		require.Contains(t, string(put("content", "Authorization", authorization).body), "RequestTimeTooSkewed")
	})
}

func TestAddressesExpire(t *testing.T) {
	t.Parallel()
	s, file, id := withFile(t)
	address := dig[string](t, call(t, s, http.MethodPost, fileCalls+"files/urls/download", object{"processInstanceId": id, "fileId": file.ID}).object, "result", "downloadUri")
	get := func() reply { return send(t, s, http.MethodGet, address, nil) }
	require.Equal(t, "content", string(get().body))
	s.Advance(16 * time.Minute)
	require.Equal(t, 403, get().status)
	address += "0"
	require.Equal(t, 404, get().status)
}

func TestFilesOverAListener(t *testing.T) {
	t.Parallel()
	s, file, id := withFile(t)
	base, err := s.Listen("")
	require.NoError(t, err)
	hc := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(hc.CloseIdleConnections)
	c := newClient(t, s, dingoa.WithBaseURL(base), dingoa.WithLegacyBaseURL(base), dingoa.WithHTTPClient(hc))
	var out bytes.Buffer
	_, err = c.Files.Download(t.Context(), dingoa.DownloadRequest{InstanceID: id, FileID: file.ID}, &out)
	require.NoError(t, err)
	require.Equal(t, "content", out.String())

	uploaded, err := c.Files.Upload(t.Context(), dingoa.UploadRequest{UserID: "lisi", Name: "a.txt", Size: 5, Content: strings.NewReader("12345")})
	require.NoError(t, err)
	require.Equal(t, "a(1).txt", uploaded.FileName)
	stored, ok := s.File(uploaded.FileID)
	require.True(t, ok)
	require.Equal(t, "lisi", stored.UserID)
	_, ok = s.File("nowhere")
	require.False(t, ok)
}

func TestSteeringFilesNeedsAMember(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	_, err := s.PutFile("nobody", "a", nil)
	require.ErrorContains(t, err, "nobody")
	require.ErrorContains(t, s.Leave("nobody"), "nobody")
}

func TestAuthorizeSpaceLetsAUserUpload(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	require.NoError(t, c.Files.AuthorizeSpace(t.Context(), dingoa.AuthorizeSpaceRequest{SpaceID: "3000000163", UserID: "lisi", Type: "add"}))
	require.ErrorIs(t, c.Files.AuthorizeSpace(t.Context(), dingoa.AuthorizeSpaceRequest{SpaceID: "1", UserID: "lisi", Type: "add"}), dingoa.ErrInvalidArgument)
	require.ErrorIs(t, c.Files.AuthorizeSpace(t.Context(), dingoa.AuthorizeSpaceRequest{SpaceID: "1", UserID: "nobody", Type: "add"}), dingoa.ErrNotFound)
}
