package conformance

import (
	"errors"
	"slices"

	"github.com/dingoa/dingoa"
)

// formRead finds the form in lists, in its schema and in a forecast.
func formRead(r *run) {
	found := false
	for template, err := range r.Client.Templates.AllVisible(r.Context(), dingoa.ListVisibleTemplatesRequest{UserID: r.Originator}) {
		r.ok(err)
		found = found || template.ProcessCode == r.ProcessCode
	}
	r.equal("visible", found, true)
	if r.Legacy {
		return
	}
	schema, err := r.Client.Templates.Schema(r.Context(), dingoa.SchemaRequest{ProcessCode: r.ProcessCode})
	r.ok(err)
	item, ok := schema.Content.Item(r.Required)
	r.equal("component", ok, true)
	r.equal("required", item.Props.Required, true)
	forecast, err := r.Client.Templates.Forecast(r.Context(), dingoa.ForecastRequest{
		ProcessCode: r.ProcessCode, UserID: r.Originator, DeptID: r.DeptID, FormValues: r.Values,
	})
	r.ok(err)
	r.equal("forecast", forecast.Success, true)
	_, err = r.Client.Templates.Schema(r.Context(), dingoa.SchemaRequest{ProcessCode: "PROC-NONE"})
	r.is(err, dingoa.ErrNotFound, dingoa.ErrInvalidArgument)
}

// originatorChooses starts an approval whose form leaves people to the originator.
func originatorChooses(r *run) {
	if r.SelfSelectCode == "" || r.Legacy {
		r.Skip("needs a form with such a step, and today's gateway")
	}
	forecast, err := r.Client.Templates.Forecast(r.Context(), dingoa.ForecastRequest{
		ProcessCode: r.SelfSelectCode, UserID: r.Originator, DeptID: r.DeptID, FormValues: r.SelfSelectValues,
	})
	r.ok(err)
	if _, err := forecast.Select(nil); !errors.Is(err, dingoa.ErrInvalidArgument) {
		r.Fatalf("nobody was chosen: got %v", err)
	}
	choices := map[string][]string{}
	for _, rule := range forecast.SelfSelected() {
		choices[rule.Actor.Key] = []string{r.Approvers[1]}
	}
	actioners, err := forecast.Select(choices)
	r.ok(err)
	req := dingoa.CreateInstanceRequest{
		ProcessCode: r.SelfSelectCode, OriginatorUserID: r.Originator, DeptID: r.DeptID, FormValues: r.SelfSelectValues,
	}
	_, err = r.Client.Instances.Create(r.Context(), req)
	r.is(err, dingoa.ErrInvalidArgument)
	req.TargetSelectActioners = actioners
	created, err := r.Client.Instances.Create(r.Context(), req)
	r.ok(err)
	r.equal("status", r.get(created.InstanceID).Status, dingoa.InstanceRunning)
}

// dataKept adds, changes and removes an entry of a new data form.
func dataKept(r *run) {
	if !r.LeavesForms || !r.Premium || r.Legacy {
		r.Skip("needs OA premium, today's gateway, and leaves a form behind")
	}
	data := r.Client.DataForms
	form, err := data.Save(r.Context(), dingoa.SaveDataFormRequest{
		Name: "conformance " + r.Now().Format("0102150405.000"), UserID: r.Administrator,
		Components: []dingoa.FormComponent{{ComponentType: "TextField", Props: dingoa.FormComponentProps{ComponentID: "TextField-name", Label: "姓名"}}},
	})
	r.ok(err)
	entry := dingoa.CreateDataRequest{ProcessCode: form.ProcessCode, OriginatorUserID: r.Originator, FormValues: []dingoa.FormValue{{Name: "姓名", Value: "张三"}}}
	created, err := data.Create(r.Context(), entry)
	r.ok(err)
	entry.FormValues = []dingoa.FormValue{{Name: "姓名", Value: "李四"}}
	_, err = data.Update(r.Context(), dingoa.UpdateDataRequest{CreateDataRequest: entry, InstanceIDs: []string{created.InstanceID}})
	r.ok(err)
	got, err := data.Get(r.Context(), dingoa.GetDataRequest{FormCode: form.ProcessCode, InstanceID: created.InstanceID})
	r.ok(err)
	name, _ := got.Value("姓名")
	r.equal("value", name, "李四")
	list := func() (ids []string) {
		for entry, err := range data.All(r.Context(), dingoa.ListDataRequest{FormCode: form.ProcessCode}) {
			r.ok(err)
			ids = append(ids, entry.ID)
		}
		return ids
	}
	r.equal("listed", slices.Contains(list(), created.InstanceID), true)
	r.ok(data.Delete(r.Context(), dingoa.DeleteDataRequest{ProcessCode: form.ProcessCode, InstanceIDs: []string{created.InstanceID}, UserID: r.Administrator}))
	r.equal("left", len(list()), 0)
}
