package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

// example is an approval that the snippets start. Without Values there is no form
// simple enough: they read the form's schema instead.
type example struct {
	ProcessCode string            `json:"processCode"`
	UserID      string            `json:"originatorUserId"`
	DeptID      int64             `json:"deptId"`
	Values      []exampleValue    `json:"formComponentValues"`
	Selected    []exampleSelected `json:"targetSelectActioners,omitempty"`
}

type exampleValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// exampleSelected are approvers that the originator chooses.
type exampleSelected struct {
	Key     string   `json:"actionerKey"`
	UserIDs []string `json:"actionerUserIds"`
}

// companyUser is a user as the admin API shows one.
type companyUser struct {
	ID          string `json:"userId"`
	Name        string `json:"name"`
	Departments []struct {
		ID int64 `json:"id"`
	} `json:"departments"`
}

// companyForm is a form as the admin API shows one.
type companyForm struct {
	ProcessCode string             `json:"processCode"`
	Name        string             `json:"name"`
	Hidden      bool               `json:"hidden"`
	Components  []companyComponent `json:"components"`
	Flow        []struct {
		SelfSelect  bool          `json:"selfSelect"`
		Approvers   []companyUser `json:"approvers"`
		ActionerKey string        `json:"actionerKey"`
	} `json:"flow"`
}

// companyComponent is a component as the admin API shows one.
type companyComponent struct {
	Label    string   `json:"label"`
	Type     string   `json:"type"`
	Required bool     `json:"required"`
	Options  []string `json:"options"`
	Format   string   `json:"format"`
}

// inspect reads from the admin API.
func inspect(ctx context.Context, server *emulator.Server, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/_emulator/"+path, nil)
	if err != nil {
		return err
	}
	response, err := server.HTTPClient().Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return json.NewDecoder(response.Body).Decode(into)
}

// usersAndForms are who and what there is.
func usersAndForms(ctx context.Context, server *emulator.Server) (users []companyUser, forms []companyForm, err error) {
	var people struct {
		Items []companyUser `json:"items"`
	}
	var rows struct {
		Items []companyForm `json:"items"`
	}
	if err := inspect(ctx, server, "users", &people); err != nil {
		return nil, nil, err
	}
	if err := inspect(ctx, server, "forms", &rows); err != nil {
		return nil, nil, err
	}
	for _, row := range rows.Items {
		var f companyForm
		if err := inspect(ctx, server, "forms/"+row.ProcessCode, &f); err != nil {
			return nil, nil, err
		}
		forms = append(forms, f)
	}
	return people.Items, forms, nil
}

// newExample is of the first form that is simple enough, else of the first that is
// not hidden, without values.
func newExample(users []companyUser, forms []companyForm, now time.Time) *example {
	e := &example{DeptID: -1}
	for _, f := range forms {
		originator := companyUser{}
		if len(users) > 0 {
			originator = f.originator(users)
		}
		values, ok := f.sample(originator.ID, now)
		ok = ok && originator.ID != ""
		if !ok && (e.ProcessCode != "" || f.Hidden) {
			continue
		}
		e.ProcessCode, e.UserID = f.ProcessCode, originator.ID
		if len(originator.Departments) > 0 {
			e.DeptID = originator.Departments[0].ID
		}
		if ok {
			e.Values, e.Selected = values, f.selected(users)
			return e
		}
	}
	return e
}

// selected fills in the steps whose approver the originator chooses.
func (f companyForm) selected(users []companyUser) (selected []exampleSelected) {
	for _, node := range f.Flow {
		if !node.SelfSelect {
			continue
		}
		chosen := users[0].ID
		if len(node.Approvers) > 0 {
			chosen = node.Approvers[0].ID
		}
		selected = append(selected, exampleSelected{node.ActionerKey, []string{chosen}})
	}
	return selected
}

// originator is somebody who need not decide the approval, when there is one.
func (f companyForm) originator(users []companyUser) companyUser {
	decides := func(u companyUser) bool {
		for _, node := range f.Flow {
			if slices.ContainsFunc(node.Approvers, func(a companyUser) bool { return a.ID == u.ID }) {
				return true
			}
		}
		return false
	}
	usual := func(u companyUser) bool { return u.ID == company.DefaultOriginator }
	if i := slices.IndexFunc(users, usual); i >= 0 {
		return users[i]
	}
	if i := slices.IndexFunc(users, func(u companyUser) bool { return !decides(u) }); i >= 0 {
		return users[i]
	}
	return users[0]
}

// sample are values for the required components, or for one when none is; false
// when the form wants more than a snippet can give.
func (f companyForm) sample(userID string, now time.Time) (values []exampleValue, ok bool) {
	if f.Hidden || len(f.Flow) == 0 {
		return nil, false
	}
	for _, c := range f.Components {
		if !c.Required {
			continue
		}
		value := c.sample(userID, now)
		if value == "" {
			return nil, false
		}
		values = append(values, exampleValue{c.Label, value})
	}
	for _, c := range f.Components {
		if value := c.sample(userID, now); len(values) == 0 && value != "" {
			values = append(values, exampleValue{c.Label, value})
		}
	}
	return values, len(values) > 0
}

func (c companyComponent) sample(userID string, now time.Time) string {
	date := now.Format(time.DateOnly)
	if strings.Contains(c.Format, "HH:mm") {
		date = now.Format("2006-01-02 15:04")
	}
	switch c.Type {
	case "TextField", "TextareaField":
		return "示例"
	case "NumberField", "MoneyField":
		return "2"
	case "DDSelectField":
		if len(c.Options) > 0 {
			return c.Options[0]
		}
	case "DDMultiSelectField":
		if len(c.Options) > 0 {
			return encodeJSON(c.Options[:1])
		}
	case "DDDateField":
		return date
	case "DDDateRangeField":
		return encodeJSON([]string{date, date})
	case "InnerContactField":
		return encodeJSON([]string{userID})
	}
	return ""
}

// snippet is how a program in one language begins.
type snippet struct{ Language, Code string }

// snippets are whole programs. Secrets that the user gave are not in them: they
// are read from the environment.
func (s *started) snippets() []snippet {
	shown := s.AppSecret != ""
	goSecret, shellSecret, nodeSecret := strconv.Quote(s.AppSecret), s.AppSecret, encodeJSON(s.AppSecret)
	if !shown {
		goSecret, shellSecret, nodeSecret = `os.Getenv("`+envAppSecret+`")`, `'"$`+envAppSecret+`"'`, "process.env."+envAppSecret
	}
	return []snippet{
		{"Go", s.goCode(goSecret, !shown)},
		{"curl", s.shellCode(shellSecret, shown)},
		{"Node", s.nodeCode(nodeSecret)},
	}
}

func (s *started) goCode(secret string, fromEnvironment bool) string {
	var code strings.Builder
	code.WriteString("package main\n\nimport (\n\t\"context\"\n\t\"fmt\"\n\t\"log\"\n")
	if fromEnvironment {
		code.WriteString("\t\"os\"\n")
	}
	fmt.Fprintf(&code, "\n\t\"github.com/dingoa/dingoa\"\n)\n\nfunc main() {\n\tclient, err := dingoa.New(%q, %s,\n"+
		"\t\tdingoa.WithBaseURL(%q), dingoa.WithLegacyBaseURL(%q))\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n", s.AppKey, secret, s.URL, s.LegacyURL)
	e, result := s.example, "created.InstanceID"
	if len(e.Values) == 0 {
		result = "form.Name"
		fmt.Fprintf(&code, "\tform, err := client.Templates.Schema(context.Background(), dingoa.SchemaRequest{ProcessCode: %q})\n", e.ProcessCode)
	} else {
		fmt.Fprintf(&code, "\tcreated, err := client.Instances.Create(context.Background(), dingoa.CreateInstanceRequest{\n"+
			"\t\tProcessCode: %q, OriginatorUserID: %q, DeptID: %d,\n\t\tFormValues: []dingoa.FormValue{", e.ProcessCode, e.UserID, e.DeptID)
		for i, v := range e.Values {
			fmt.Fprintf(&code, "%s{Name: %q, Value: %q}", separator(i), v.Name, v.Value)
		}
		code.WriteString("},\n")
		if len(e.Selected) > 0 {
			code.WriteString("\t\tTargetSelectActioners: []dingoa.TargetSelectActioner{")
			for i, a := range e.Selected {
				fmt.Fprintf(&code, "%s{ActionerKey: %q, UserIDs: %#v}", separator(i), a.Key, a.UserIDs)
			}
			code.WriteString("},\n")
		}
		code.WriteString("\t})\n")
	}
	fmt.Fprintf(&code, "\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n\tfmt.Println(%s)\n}\n", result)
	return code.String()
}

func separator(i int) string {
	if i == 0 {
		return ""
	}
	return ", "
}

func (s *started) shellCode(secret string, shown bool) string {
	if shown {
		secret = inShellQuotes(jsonText(secret))
	}
	const send = "curl -s -H 'Content-Type: application/json'"
	token := fmt.Sprintf(`TOKEN=$(%s %s/v1.0/oauth2/accessToken -d '{"appKey":"%s","appSecret":"%s"}' | grep -o '"accessToken":"[^"]*' | cut -d'"' -f4)`+"\n",
		send, s.URL, inShellQuotes(jsonText(s.AppKey)), secret)
	if len(s.example.Values) == 0 {
		return token + "echo $TOKEN\n"
	}
	return token + fmt.Sprintf("%s %s/v1.0/workflow/processInstances -H \"x-acs-dingtalk-access-token: $TOKEN\" \\\n  -d '%s'\n",
		send, s.URL, inShellQuotes(encodeJSON(s.example)))
}

func (s *started) nodeCode(secret string) string {
	post := fmt.Sprintf(`const post = (path, body, token = "") => fetch(%s + path, { method: "POST", body: JSON.stringify(body), `+
		`headers: { "Content-Type": "application/json", "x-acs-dingtalk-access-token": token } }).then((r) => r.json());`+"\n", encodeJSON(s.URL))
	token := fmt.Sprintf(`const { accessToken } = await post("/v1.0/oauth2/accessToken", { appKey: %s, appSecret: %s });`+"\n", encodeJSON(s.AppKey), secret)
	if len(s.example.Values) == 0 {
		return post + token + "console.log(accessToken);\n"
	}
	return post + token + fmt.Sprintf(`console.log(await post("/v1.0/workflow/processInstances", %s, accessToken));`+"\n", encodeJSON(s.example))
}

// inShellQuotes makes a text fit between single quotes.
func inShellQuotes(text string) string { return strings.ReplaceAll(text, "'", `'\''`) }

// jsonText makes a text fit between the quotes of a JSON string.
func jsonText(text string) string {
	quoted := encodeJSON(text)
	return quoted[1 : len(quoted)-1]
}

// encodeJSON leaves < and & as they are.
func encodeJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "{}" // texts and numbers: cannot happen
	}
	return strings.TrimSuffix(b.String(), "\n")
}
