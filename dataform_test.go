package dingoa_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/operation"
)

const dataFormCode = "PROC-EF6YJL35P2-SCKICSB7P750S0YISYKV3-xxxx-1"

func phone(details ...dingoa.FormValue) dingoa.FormValue {
	return dingoa.FormValue{ID: "PhoneField_IZI2LP8QF6O0", BizAlias: "Phone", Name: "PhoneField", Value: "123xxxxxxxx", ExtValue: "总个数:1", Details: details}
}

func dataFormGoldens() []golden {
	inner := phone()
	inner.ComponentType = "PhoneField"
	outer := phone(phone(inner))
	text := dingoa.FormValue{ID: "TextField-abc", BizAlias: "abc", Name: "文本框", Value: "abc", ExtValue: "abc", ComponentType: "TextField", Details: []dingoa.FormValue{phone(inner)}}
	id := &dingoa.DataID{InstanceID: "91ef1076-c3ed-4a78-a7a5-fa29ef2d6252"}
	staff := []dingoa.DataValue{{ID: "TextField-abcdefg", BizAlias: "staff_name", Label: "员工姓名", Value: "张三", ExtValue: `{"key":"value}`, ComponentType: "TextField"}}
	return []golden{
		{
			name: "DataFormService.Save", kind: dingoa.ErrConflict, want: &dingoa.TemplateCode{ProcessCode: "PROC-abcdef-example"},
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				form := travelForm()
				return c.DataForms.Save(ctx, dingoa.SaveDataFormRequest{Name: form.Name, Description: form.Description, Components: form.Components, UserID: "manager432"})
			},
		},
		{
			name: "DataFormService.Schema", kind: dingoa.ErrNotFound, want: dataFormSchema(),
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.DataForms.Schema(ctx, dingoa.SchemaRequest{ProcessCode: "PROC-17428B8C-6C60-xxxx-924C-64F1037AE067", AppUUID: "SWAPP-abcd-example"})
			},
		},
		{
			name: "DataFormService.Create", kind: dingoa.ErrNotFound, want: id,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.DataForms.Create(ctx, dingoa.CreateDataRequest{ProcessCode: dataFormCode, OriginatorUserID: "manager432", FormValues: []dingoa.FormValue{text}})
			},
		},
		{
			name: "DataFormService.Update", kind: dingoa.ErrNotFound, want: id,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.DataForms.Update(ctx, dingoa.UpdateDataRequest{
					CreateDataRequest: dingoa.CreateDataRequest{ProcessCode: dataFormCode, OriginatorUserID: "manager432", FormValues: []dingoa.FormValue{outer}},
					InstanceIDs:       []string{id.InstanceID},
				})
			},
		},
		{
			name: "DataFormService.Delete", kind: dingoa.ErrPermission,
			call: nothing(func(ctx context.Context, c *dingoa.Client) error {
				return c.DataForms.Delete(ctx, dingoa.DeleteDataRequest{ProcessCode: dataFormCode, InstanceIDs: []string{"abc"}, UserID: "managerUserId1"})
			}),
		},
		{
			name: "DataFormService.List", kind: dingoa.ErrInvalidArgument,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				page, err := c.DataForms.List(ctx, dingoa.ListDataRequest{FormCode: "PROC-daccea-example", AppUUID: "SWAPP-dacdsa-example", PageSize: 100, Cursor: "100010"})
				if err != nil {
					return nil, err
				}
				return page, nil
			},
			want: &dingoa.Page[dingoa.DataInstance]{NextCursor: "10", Items: []dingoa.DataInstance{{
				ID: "abcd-eaf-acde12f", AppUUID: "SWAPP-abcd-example", FormCode: "PROC-abcd-example", Title: "xxx提交的数据",
				CreatorUserID: "30314512", ModifierUserID: "032142312", CreateTime: time.UnixMilli(1635151039000).UTC(), ModifyTime: time.UnixMilli(1635151039000).UTC(),
				OutInstanceID: "323", OutBizCode: "abcd", Values: staff,
			}}},
		},
		{
			name: "DataFormService.Get", kind: dingoa.ErrPermission,
			call: func(ctx context.Context, c *dingoa.Client) (any, error) {
				return c.DataForms.Get(ctx, dingoa.GetDataRequest{FormCode: "PROC-abcdef-example", InstanceID: "951a8-8828-430c-b3e-example", AppUUID: "SWAPP-dfeacds-example"})
			},
			want: &dingoa.DataInstance{
				ID: "951a8-8828-430c-b3e-example", AppUUID: "SWAPP-dfeacds-example", FormCode: "PROC-abcdef-example", Title: "xxx提交的表单数据",
				CreatorUserID: "00003", ModifierUserID: "000025", CreateTime: time.UnixMilli(1631870043000).UTC(), ModifyTime: time.UnixMilli(1631870043000).UTC(),
				OutInstanceID: "951a8-8828-430c-b3e-example", OutBizCode: "PROC-abcdef-example", Values: staff,
			},
		},
	}
}

func dataFormSchema() *dingoa.FormSchema {
	props := sampleProps()
	props.TableViewMode, props.ObjOptions = "list", []dingoa.SchemaOption{{Value: "选项1"}}
	props.HolidayOptions = []map[string]string{{"key": "xxx"}}
	child := dingoa.SchemaProps{ID: "TextField-abcd", Label: "姓名", BizAlias: "userName", Required: true, Options: []string{"选项1"}}
	return &dingoa.FormSchema{
		CreatorUserID: "26652461xxxx5992", FormCode: "PROC-17428B8C-6C60-470E-xxxx-64F1037AE067", Name: "示例模板", Memo: "xxxx",
		Content: dingoa.SchemaContent{Title: "示例模板", Icon: "common", Items: []dingoa.SchemaItem{{
			ComponentName: "TextField", Props: props, Children: []dingoa.SchemaItem{{ComponentName: "TextField", Props: child}},
		}}},
		Icon: "icon1", Status: dingoa.TemplatePublished,
		CreateTime: time.UnixMilli(1638326995000).UTC(), ModifyTime: time.UnixMilli(1640344585000).UTC(),
	}
}

func dataFormMethods() []method {
	entry := dingoa.CreateDataRequest{ProcessCode: "PROC-1", OriginatorUserID: "user1", FormValues: []dingoa.FormValue{{Name: "姓名", Value: "张三"}}}
	return []method{
		{
			"DataForms.Save", operation.PremiumSaveForm, true,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.DataForms.Save(ctx, dingoa.SaveDataFormRequest{Name: "员工", UserID: "user1", Components: travelForm().Components})
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.DataForms.Save(ctx, dingoa.SaveDataFormRequest{})
				return err
			},
			`{"result":{"processCode":"PROC-1"}}`,
		},
		{
			"DataForms.Schema", operation.PremiumGetFormSchema, false,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.DataForms.Schema(ctx, dingoa.SchemaRequest{ProcessCode: "PROC-1"})
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.DataForms.Schema(ctx, dingoa.SchemaRequest{})
				return err
			},
			`{"result":{"name":"员工"}}`,
		},
		{
			"DataForms.Create", operation.PremiumSaveFormInstance, true,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.DataForms.Create(ctx, entry)
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.DataForms.Create(ctx, dingoa.CreateDataRequest{})
				return err
			},
			`{"instanceId":"1"}`,
		},
		{
			"DataForms.Update", operation.PremiumUpdateFormInstance, false,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.DataForms.Update(ctx, dingoa.UpdateDataRequest{CreateDataRequest: entry, InstanceIDs: []string{"1"}})
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.DataForms.Update(ctx, dingoa.UpdateDataRequest{})
				return err
			},
			`{"instanceId":"1"}`,
		},
		{
			"DataForms.Delete", operation.PremiumDeleteFormInstance, true,
			func(ctx context.Context, c *dingoa.Client) error {
				return c.DataForms.Delete(ctx, dingoa.DeleteDataRequest{ProcessCode: "PROC-1", InstanceIDs: []string{"1"}})
			},
			func(ctx context.Context, c *dingoa.Client) error {
				return c.DataForms.Delete(ctx, dingoa.DeleteDataRequest{InstanceIDs: []string{""}})
			},
			`{"success":"true"}`,
		},
		{
			"DataForms.List", operation.PremiumGetFormInstances, false,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.DataForms.List(ctx, dingoa.ListDataRequest{FormCode: "PROC-1"})
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.DataForms.List(ctx, dingoa.ListDataRequest{PageSize: 101})
				return err
			},
			`{"result":{"values":[],"hasMore":false}}`,
		},
		{
			"DataForms.Get", operation.PremiumGetFormInstance, false,
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.DataForms.Get(ctx, dingoa.GetDataRequest{FormCode: "PROC-1", InstanceID: "1"})
				return err
			},
			func(ctx context.Context, c *dingoa.Client) error {
				_, err := c.DataForms.Get(ctx, dingoa.GetDataRequest{})
				return err
			},
			`{"formInstanceId":"1"}`,
		},
	}
}

func TestAllDataStopsWhereDingTalkSaysSo(t *testing.T) {
	t.Parallel()
	dt := newDingTalk(
		answer(200, `{"result":{"values":[{"formInstanceId":"1","formInstDataList":[{"label":"姓名","value":"张三"}]}],"nextToken":"1","hasMore":true}}`),
		answer(200, `{"result":{"values":[{"formInstanceId":"2"}],"nextToken":"2","hasMore":false}}`),
	)
	var ids []string
	for entry, err := range dt.client(t).DataForms.All(t.Context(), dingoa.ListDataRequest{FormCode: "PROC-1", Cursor: "9"}) {
		require.NoError(t, err)
		ids = append(ids, entry.ID)
		name, ok := entry.Value("姓名")
		require.Equal(t, entry.ID == "1", ok)
		require.Equal(t, ok, name == "张三")
	}
	require.Equal(t, []string{"1", "2"}, ids)
	require.Empty(t, dt.sent()[0].Query.Get("nextToken"))
	require.Equal(t, "1", dt.sent()[1].Query.Get("nextToken"))
}
