package dingoa

import (
	"strings"

	"github.com/dingoa/dingoa/operation"
)

func fileTypes() []operationTypes {
	const (
		chosen  = "left to DingTalk"
		unused  = "nothing a transfer needs"
		general = "nothing that the drive needs to know of a user"
	)
	return []operationTypes{
		{op: operation.GetAttachmentSpace, request: spaceRequest{}, response: spaceReply{}},
		{op: operation.GetSpaceWithDownloadAuth, request: authorizePreviewRequest{}, response: spaceReply{}},
		{op: operation.AddApproveDentryAuth, request: authorizeDownloadRequest{}, response: ack{}},
		{op: operation.GrantProcessInstanceForDownloadFile, request: downloadURLRequest{}, response: downloadURLReply{}},
		{op: operation.GrantCspaceAuthorization, request: authorizeSpaceRequest{}},
		{op: operation.PremiumGetAttachmentSpace, request: spaceRequest{}, response: spaceReply{}},
		{op: operation.PremiumGetSpaceWithDownloadAuth, request: authorizePreviewRequest{}, response: spaceReply{}},
		{op: operation.PremiumAddApproveDentryAuth, request: authorizeDownloadRequest{}, response: ack{}},
		{op: operation.PremiumGrantProcessInstanceForDownloadFile, request: downloadURLRequest{}, response: downloadURLReply{}},
		{op: operation.GetHandSignDownloadUrl, request: HandSignURLRequest{}, response: handSignReply{}},
		{op: operation.GetFileUploadInfo, request: uploadInfoRequest{}, response: uploadInfoReply{}, except: map[string]string{
			"request.option.storageDriver":                      chosen,
			"request.option.preferRegion":                       chosen,
			"request.option.preferIntranet":                     chosen,
			"response.storageDriver":                            unused,
			"response.protocol":                                 unused,
			"response.headerSignatureInfo.expirationSeconds":    "every attempt asks for a new address",
			"response.headerSignatureInfo.region":               unused,
			"response.headerSignatureInfo.internalResourceUrls": unused,
		}},
		{op: operation.CommitFile, request: commitRequest{}, response: commitReply{}, except: map[string]string{
			"request.option.conflictStrategy": chosen,
			"request.option.appProperties":    unused,
			"response.dentry.parentId":        unused,
			"response.dentry.type":            unused,
			"response.dentry.size":            "the size was checked while sending",
			"response.dentry.path":            unused,
			"response.dentry.version":         unused,
			"response.dentry.status":          unused,
			"response.dentry.creatorId":       unused,
			"response.dentry.modifierId":      unused,
			"response.dentry.createTime":      unused,
			"response.dentry.modifiedTime":    unused,
			"response.dentry.properties":      unused,
			"response.dentry.appProperties":   unused,
			"response.dentry.uuid":            unused,
			"response.dentry.partitionType":   unused,
			"response.dentry.storageDriver":   unused,
		}},
		{op: operation.GetFileDownloadInfo, request: downloadInfoRequest{}, response: downloadInfoReply{}, except: map[string]string{
			"request.option":    "the newest version",
			"response.protocol": unused,
			"response.headerSignatureInfo.expirationSeconds":    "it is used at once",
			"response.headerSignatureInfo.region":               unused,
			"response.headerSignatureInfo.internalResourceUrls": unused,
		}},
		{op: operation.OapiV2UserGet, request: userRequest{}, response: userReply{}, except: userFields(general, unused)},
	}
}

// userFields are those of a person that no operation on attachments needs.
func userFields(general, unused string) map[string]string {
	except := map[string]string{"request.language": general}
	for name := range strings.FieldsSeq(`userid name avatar state_code manager_userid mobile hide_mobile telephone job_number
		title email work_place remark exclusive_account org_email dept_id_list
		dept_order_list extension hired_date active real_authed senior admin boss leader_in_dept role_list
		union_emp_ext dept_position_list extension_i18n exclusive_account_type login_id org_email_type`) {
		except["response.result."+name] = unused
	}
	return except
}
