package dingoa

import (
	"context"
	"fmt"
	"strconv"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// CenterService brings approvals of your own system into DingTalk (流程中心,
// 自有审批): the flow runs in your system, DingTalk shows it in its lists.
//
// A template says what an approval shows, an instance is one approval, and its
// tasks are what waits for people. Nothing here decides anything: your system
// creates the tasks, and reports their outcome to DingTalk. The instances and
// process codes are of another kind than those of [InstanceService], and the
// two must not be mixed.
//
// https://open.dingtalk.com/document/development/oa-access-process
type CenterService service

// FeatureConfig places pages and buttons of your system into DingTalk's.
type FeatureConfig struct {
	// Features are the features to place.
	Features []Feature `json:"features,omitempty"`
}

// Feature is one page or button of your system.
type Feature struct {
	// Name is the feature that it replaces or adds.
	Name FeatureName `json:"name,omitempty"`
	// PCURL and MobileURL are the pages; at most 1,024 characters each.
	PCURL     string `json:"pcUrl,omitempty"`
	MobileURL string `json:"mobileUrl,omitempty"`
	// RunType is who runs it.
	RunType FeatureRunType `json:"runType,omitempty"`
	// Callback is the data source that DingTalk asks. Required for shortcut
	// buttons and when RunType is [FeatureOrigin].
	Callback FeatureCallback `json:"callback,omitzero"`
	// Config is JSON text with the details of it; at most 1,024 characters on
	// instances and tasks.
	Config string `json:"config,omitempty"`
}

// FeatureName is the kind of a [Feature].
type FeatureName string

// The kinds of features. Templates take them all; instances and tasks take
// FeatureCustomShortcut, and instances FeatureAffiliationDir.
const (
	FeatureTaskExecute      FeatureName = "TASK_EXECUTE"
	FeatureSyncBoxster      FeatureName = "SYNC_BOXSTER"
	FeatureCustomShortcut   FeatureName = "CUSTOM_SHORTCUT"
	FeatureAffiliationDir   FeatureName = "AFFILIATION_DIR"
	FeatureActionDefinition FeatureName = "CUSTOM_ACTION_DEFINITION" // OA premium
	FeatureActionApply      FeatureName = "CUSTOM_ACTION_APPLY"      // OA premium
)

// FeatureRunType is who runs a [Feature].
type FeatureRunType string

// Who runs a feature.
const (
	FeatureOrigin       FeatureRunType = "ORIGIN"   // DingTalk, with the data of Callback
	FeatureRedirect     FeatureRunType = "REDIRECT" // your page
	FeatureDefault      FeatureRunType = "DEFAULT"
	FeatureOutbizCustom FeatureRunType = "OUTBIZ_CUSTOM"
)

// FeatureCallback is a data source from the console of data sources (数据源).
type FeatureCallback struct {
	// AppUUID is the corpId of the company that owns it. Required.
	AppUUID string `json:"appUuid"`
	// APIKey comes from the console. Required.
	APIKey string `json:"apiKey"`
	// Version is "1". Required.
	Version string `json:"version"`
}

// featureLimits are the limits of an operation that places features.
type featureLimits struct {
	names, runTypes          string
	pcURL, mobileURL, config int // config 0 is no limit
}

// templateFeatures, instanceFeatures and taskFeatures return the limits of the
// operations on templates, instances and tasks. Those of OA premium document other
// enumerations, and no lengths.
func templateFeatures(op operation.Operation) featureLimits {
	l := featureLimits{
		names:     limit.SaveProcessProcessFeatureConfigFeaturesNameEnum,
		runTypes:  limit.SaveProcessProcessFeatureConfigFeaturesRunTypeEnum,
		pcURL:     limit.SaveProcessProcessFeatureConfigFeaturesPcUrlMaxLen,
		mobileURL: limit.SaveProcessProcessFeatureConfigFeaturesMobileUrlMaxLen,
	}
	if op.Spec().Premium {
		l.names = limit.PremiumSaveIntegratedProcessProcessFeatureConfigFeaturesNameEnum
		l.runTypes = limit.PremiumSaveIntegratedProcessProcessFeatureConfigFeaturesRunTypeEnum
	}
	return l
}

func instanceFeatures(op operation.Operation) featureLimits {
	l := featureLimits{
		names:     limit.SaveIntegratedInstanceFeatureConfigFeaturesNameEnum,
		runTypes:  limit.SaveIntegratedInstanceFeatureConfigFeaturesRunTypeEnum,
		pcURL:     limit.SaveIntegratedInstanceFeatureConfigFeaturesPcUrlMaxLen,
		mobileURL: limit.SaveIntegratedInstanceFeatureConfigFeaturesMobileUrlMaxLen,
		config:    limit.SaveIntegratedInstanceFeatureConfigFeaturesConfigMaxLen,
	}
	if op.Spec().Premium {
		l.names = limit.PremiumSaveIntegratedProcessInstanceFeatureConfigFeaturesNameEnum
		l.runTypes = limit.PremiumSaveIntegratedProcessInstanceFeatureConfigFeaturesRunTypeEnum
	}
	return l
}

func taskFeatures(op operation.Operation) featureLimits {
	l := featureLimits{
		names:     limit.CreateIntegratedTaskFeatureConfigFeaturesNameEnum,
		runTypes:  limit.CreateIntegratedTaskFeatureConfigFeaturesRunTypeEnum,
		pcURL:     limit.CreateIntegratedTaskFeatureConfigFeaturesPcUrlMaxLen,
		mobileURL: limit.CreateIntegratedTaskFeatureConfigFeaturesMobileUrlMaxLen,
		config:    limit.CreateIntegratedTaskFeatureConfigFeaturesConfigMaxLen,
	}
	if op.Spec().Premium {
		l.names = limit.PremiumSaveIntegratedTaskFeatureConfigFeaturesNameEnum
		l.runTypes = limit.PremiumSaveIntegratedTaskFeatureConfigFeaturesRunTypeEnum
	}
	return l
}

func (c *FeatureConfig) validate(p *problems, l featureLimits) {
	for i, f := range c.Features {
		field := fmt.Sprintf("FeatureConfig.Features[%d]", i)
		p.OneOf(field+".Name", string(f.Name), l.names)
		p.OneOf(field+".RunType", string(f.RunType), l.runTypes)
		p.MaxLength(field+".PCURL", f.PCURL, l.pcURL)
		p.MaxLength(field+".MobileURL", f.MobileURL, l.mobileURL)
		if l.config > 0 {
			p.MaxLength(field+".Config", f.Config, l.config)
		}
		if f.Callback != (FeatureCallback{}) {
			p.Required(field+".Callback.AppUUID", f.Callback.AppUUID)
			p.Required(field+".Callback.APIKey", f.Callback.APIKey)
			p.Required(field+".Callback.Version", f.Callback.Version)
		}
	}
}

// secrets are the keys, which must not be printed when a reply repeats them.
func (c *FeatureConfig) secrets() []string {
	var keys []string
	for _, f := range c.Features {
		keys = append(keys, f.Callback.APIKey)
	}
	return keys
}

// agentOf is the AgentId, which only the older gateway takes.
func agentOf(c *Client, p *problems, required bool) int64 {
	if required && c.cfg.legacy && c.cfg.agentID == 0 {
		p.Add("AgentID", "is required on the older gateway; give the client WithAgentID")
	}
	return c.cfg.agentID
}

// CleanCenterDataRequest removes the data of a third-party app.
type CleanCenterDataRequest struct {
	// ProcessCode is the template. Required.
	ProcessCode string `json:"processCode"`
	// CorpID is the company that authorised the app. Required.
	CorpID string `json:"corpId"`
}

// CleanData removes the approvals of a template in a company that authorised
// the app (清理审批数据). Only third-party apps (第三方企业应用) may.
//
// On the older gateway it wants the suite's own token (suite_access_token): call it
// on [Suite.SuiteClient] there.
//
// Errors: [ErrNotFound] (process code), [ErrPermission] (Workflow.Data.Clean).
//
// https://open.dingtalk.com/document/development/clear-oa-approval-data
//
//dingtalk:op POST /v1.0/workflow/processes/clean
func (s *CenterService) CleanData(ctx context.Context, req CleanCenterDataRequest, opts ...RequestOption) error {
	var p problems
	p.Required("ProcessCode", req.ProcessCode)
	p.Required("CorpID", req.CorpID)
	if err := p.err(operation.CleanProcessData); err != nil {
		return err
	}
	return s.c.Call(ctx, operation.CleanProcessData, cleanCenterDataRequest(req), &ack{}, opts...)
}

// cleanCenterDataRequest is a [CleanCenterDataRequest] as it is sent.
type cleanCenterDataRequest CleanCenterDataRequest

func (r cleanCenterDataRequest) LegacyRequest() any {
	return struct {
		ProcessCode string `json:"process_code"`
		CorpID      string `json:"corpid"`
	}(r)
}

// cursorIf is the next cursor of a list that is paged by number. It ends with a
// page of nothing, too: the next one would hold nothing either, for ever.
func cursorIf(more bool, items int, next int64) string {
	if !more || items == 0 {
		return ""
	}
	return strconv.FormatInt(next, 10)
}
