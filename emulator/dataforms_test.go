package emulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

func staffForm() dingoa.SaveDataFormRequest {
	return dingoa.SaveDataFormRequest{
		Name: "员工", UserID: "lisi", Components: []dingoa.FormComponent{
			{ComponentType: "TextField", Props: dingoa.FormComponentProps{ComponentID: "TextField-name", Label: "姓名", Required: true}},
		},
	}
}

// TestDataFormsAreKept goes from a new form over its entries to none.
func TestDataFormsAreKept(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithPremium())
	c := newClient(t, s)
	form, err := c.DataForms.Save(t.Context(), staffForm())
	require.NoError(t, err)
	_, err = c.DataForms.Save(t.Context(), staffForm())
	require.ErrorIs(t, err, dingoa.ErrConflict)
	again := staffForm()
	again.ProcessCode, again.Description = form.ProcessCode, "所有员工"
	same, err := c.DataForms.Save(t.Context(), again)
	require.NoError(t, err)
	require.Equal(t, form, same)
	schema, err := c.DataForms.Schema(t.Context(), dingoa.SchemaRequest{ProcessCode: form.ProcessCode})
	require.NoError(t, err)
	require.Equal(t, "所有员工", schema.Memo)
	require.Equal(t, "姓名", schema.Content.Items[0].Props.Label)

	entry := dingoa.CreateDataRequest{ProcessCode: form.ProcessCode, OriginatorUserID: "zhangsan", FormValues: []dingoa.FormValue{{Name: "姓名", Value: "张三"}}}
	var ids []string
	for range 3 {
		id, err := c.DataForms.Create(t.Context(), entry)
		require.NoError(t, err)
		ids = append(ids, id.InstanceID)
	}
	entry.OriginatorUserID, entry.FormValues[0].Value = "lisi", "李四"
	s.Advance(time.Minute)
	_, err = c.DataForms.Update(t.Context(), dingoa.UpdateDataRequest{CreateDataRequest: entry, InstanceIDs: ids[:1]})
	require.NoError(t, err)
	got, err := c.DataForms.Get(t.Context(), dingoa.GetDataRequest{FormCode: form.ProcessCode, InstanceID: ids[0]})
	require.NoError(t, err)
	require.Equal(t, "张三提交的数据", got.Title)
	require.Equal(t, "lisi", got.ModifierUserID)
	require.True(t, got.ModifyTime.After(got.CreateTime))
	name, _ := got.Value("姓名")
	require.Equal(t, "李四", name)

	list := func() (found []string) {
		for entry, err := range c.DataForms.All(t.Context(), dingoa.ListDataRequest{FormCode: form.ProcessCode, PageSize: 2}) {
			require.NoError(t, err)
			found = append(found, entry.ID)
		}
		return found
	}
	require.Equal(t, ids, list())
	require.NoError(t, c.DataForms.Delete(t.Context(), dingoa.DeleteDataRequest{ProcessCode: form.ProcessCode, InstanceIDs: ids[:2], UserID: "lisi"}))
	require.Equal(t, ids[2:], list())
}

func TestDataFormRepliesAndRefusals(t *testing.T) {
	t.Parallel()
	s := newServer(t, emulator.WithPremium())
	base := "/v1.0/workflow/premium/dataForms"
	form := object{"name": "员工", "userId": "lisi", "formComponents": []object{{"componentType": "TextField", "props": object{"label": "姓名"}}}}
	saved := call(t, s, http.MethodPost, base+"/templates", form)
	requireDocumented(t, "PremiumSaveForm", saved.body)
	code := dig[string](t, saved.object, "result", "processCode")
	requireDocumented(t, "PremiumGetFormSchema", call(t, s, http.MethodGet, base+"/schema/formCodes?processCode="+code, nil).body)
	entry := object{"originatorUserId": "zhangsan", "processCode": code, "formComponentValueList": []object{{"name": "姓名", "value": "张三", "extValue": "{}"}}}
	created := call(t, s, http.MethodPost, base+"/formInstances/save", entry)
	requireDocumented(t, "PremiumSaveFormInstance", created.body)
	id := dig[string](t, created.object, "instanceId")
	update := with(entry, object{"formInstanceIds": []string{id}})
	requireDocumented(t, "PremiumUpdateFormInstance", call(t, s, http.MethodPut, base+"/formInstances", update).body)
	requireDocumented(t, "PremiumGetFormInstances", call(t, s, http.MethodGet, base+"/formInstances/pages?maxResults=1&formCode="+code, nil).body)
	requireDocumented(t, "PremiumGetFormInstance", call(t, s, http.MethodGet, base+"/formInstances?formInstanceId="+id+"&formCode="+code, nil).body)
	remove := object{"processCode": code, "formInstanceIds": []string{id}}

	for _, tc := range []struct {
		want, method, path string
		in                 any
	}{
		{"user.not.exist", http.MethodPost, "/templates", with(form, object{"userId": "nobody"})},
		{"processcode.error", http.MethodPost, "/templates", with(form, object{"processCode": "PROC-NONE"})},
		{"formName.error", http.MethodPost, "/templates", form},
		{"formNotExist", http.MethodGet, "/schema/formCodes?processCode=PROC-NONE", nil},
		{"formTypeError", http.MethodGet, "/schema/formCodes?processCode=" + company.DefaultProcessCode, nil},
		{"processcode.error", http.MethodPost, "/formInstances/save", with(entry, object{"processCode": "PROC-NONE"})},
		{"form.error", http.MethodPost, "/formInstances/save", with(entry, object{"processCode": company.DefaultProcessCode})},
		{"user.not.exist", http.MethodPost, "/formInstances/save", with(entry, object{"originatorUserId": "nobody"})},
		{"param.error", http.MethodPost, "/formInstances/save", with(entry, object{"formComponentValueList": []object{{"name": "年龄", "value": "1"}}})},
		{"size.error", http.MethodPut, "/formInstances", entry},
		{"update.error", http.MethodPut, "/formInstances", with(entry, object{"formInstanceIds": []string{"none"}})},
		{"delete.error", http.MethodPost, "/formInstances/remove", with(remove, object{"formInstanceIds": []string{"none"}})},
		{"processcode.error", http.MethodPost, "/formInstances/remove", with(remove, object{"processCode": "PROC-NONE"})},
		{"user.not.exist", http.MethodPost, "/formInstances/remove", with(remove, object{"userId": "nobody"})},
		{"pageIndex.invalid", http.MethodGet, "/formInstances/pages?maxResults=1&nextToken=x&formCode=" + code, nil},
		{"formCode.error", http.MethodGet, "/formInstances/pages?maxResults=1&formCode=PROC-NONE", nil},
		{"param.code.error", http.MethodGet, "/formInstances?formInstanceId=" + id + "&formCode=PROC-NONE", nil},
		{"instance.query.error", http.MethodGet, "/formInstances?formInstanceId=none&formCode=" + code, nil},
	} {
		require.Equal(t, tc.want, call(t, s, tc.method, base+tc.path, tc.in).object["code"], "%+v", tc)
	}
	requireDocumented(t, "PremiumDeleteFormInstance", call(t, s, http.MethodPost, base+"/formInstances/remove", remove).body)

	standard := newServer(t)
	r := call(t, standard, http.MethodPost, base+"/templates", form)
	require.Equal(t, 500, r.status)
	require.Equal(t, "benefit.status.invalid", r.object["code"])
}
