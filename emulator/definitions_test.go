package emulator_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

func TestFormsAreCopiedWithTheirFlow(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	source := dingoa.CopyTemplatesRequest{SourceCorpID: company.DefaultCorpID, Templates: []dingoa.TemplateRef{{ProcessCode: company.DefaultProcessCode}}}
	copies, err := c.Templates.Copy(t.Context(), source)
	require.NoError(t, err)
	require.Equal(t, "请假副本", copies[0].Name)
	req := leave()
	req.ProcessCode = copies[0].ProcessCode
	require.Equal(t, []string{"lisi RUNNING"}, lines(state(t, s, create(t, c, req))))
	_, err = c.Templates.Copy(t.Context(), source)
	require.ErrorIs(t, err, dingoa.ErrConflict)
	source.Templates[0].ProcessCode = "PROC-NONE"
	_, err = c.Templates.Copy(t.Context(), source)
	require.ErrorIs(t, err, dingoa.ErrNotFound)
	source.SourceCorpID = "ding-other"
	_, err = c.Templates.Copy(t.Context(), source)
	require.ErrorIs(t, err, dingoa.ErrInvalidArgument)
}

func TestDefinitions(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithPremium())
	c := newClient(t, s)
	code := company.DefaultProcessCode
	definition, err := c.Templates.Definition(t.Context(), dingoa.SchemaRequest{ProcessCode: code})
	require.NoError(t, err)
	require.Contains(t, definition.Content, "请假类型")
	require.Contains(t, definition.ProcessConfig, "直属主管")
	definitions, err := c.Templates.Definitions(t.Context(), []string{code, company.DefaultExpenseCode})
	require.NoError(t, err)
	require.Len(t, definitions, 2)
	require.Equal(t, "报销", definitions[1].Name)
	config, err := c.Templates.FlowConfig(t.Context(), code)
	require.NoError(t, err)
	require.True(t, config.AllowRevoke)
	premium, err := c.Premium.Templates(t.Context(), []string{code})
	require.NoError(t, err)
	require.Equal(t, definition.ProcessConfig, premium[0].ProcessConfig)
	require.Equal(t, dingoa.TemplatePublished, premium[0].Status)

	for operation, r := range map[string]reply{
		"CopyProcess": call(t, s, http.MethodPost, "/v1.0/workflow/processes/copy",
			object{"sourceCorpId": company.DefaultCorpID, "sourceProcessVOList": []object{{"processCode": code}}}),
		"InstallApp": call(t, s, http.MethodPost, "/v1.0/workflow/processes/apps/install",
			object{"sourceDirName": "财务", "installOption": object{}}),
		"GetCrmProcCodes":                   call(t, s, http.MethodGet, "/v1.0/workflow/crm/processes", nil),
		"GetProcessConfig":                  call(t, s, http.MethodGet, "/v1.0/workflow/crm/processes/configurations?procCode="+code, nil),
		"GetSchemaAndProcessconfigBatchlly": call(t, s, http.MethodPost, "/v1.0/workflow/processes/templates/batchQuery?processCodes=%5B%22"+code+"%22%5D", nil),
		"QueryFormByBizType":                call(t, s, http.MethodPost, "/v1.0/workflow/forms/forminfos/query", object{"appUuid": "a", "bizTypes": []string{"b"}}),
		"QueryProcessByBizCategoryId":       call(t, s, http.MethodGet, "/v1.0/workflow/processes/categories/templates?bizType=b", nil),
		"QuerySchemaAndProcess":             call(t, s, http.MethodGet, "/v1.0/workflow/forms/schemaAndProcess?processCode="+code, nil),
		"PremiumQuerySchemaAndProcessByCodeList": call(t, s, http.MethodPost, "/v1.0/workflow/premium/processes/schemas/batchQuery",
			object{"processCodes": []string{code}}),
	} {
		require.Equal(t, 200, r.status, "%s: %s", operation, r.body)
		requireDocumented(t, operation, r.body)
	}
	batch := "/v1.0/workflow/premium/processes/schemas/batchQuery"
	require.Equal(t, "invalidProcessCode", call(t, s, http.MethodPost, batch, object{"processCodes": []string{}}).object["code"])
	require.Equal(t, "processNotExist", call(t, s, http.MethodPost, batch, object{"processCodes": []string{"PROC-NONE"}}).object["code"])
	require.Equal(t, "benefit.status.invalid", call(t, newServer(t), http.MethodPost, batch, object{"processCodes": []string{code}}).object["code"])
	require.Equal(t, "invalidParameter", call(t, s, http.MethodPost, "/v1.0/workflow/processes/templates/batchQuery?processCodes=x", nil).object["code"])
}
