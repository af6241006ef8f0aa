package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

const repository = "../.."

// services parses the root package as if it were that source.
func parse(t *testing.T, methods string) services {
	t.Helper()
	dir := t.TempDir()
	source := `package dingoa

type Client struct { Widgets *WidgetService; other *OtherService }
type WidgetService struct{}
type OtherService struct{}
` + methods
	require.NoError(t, os.WriteFile(filepath.Join(dir, "client.go"), []byte(source), 0o600))
	found, err := parseServices(dir)
	require.NoError(t, err)
	return found
}

func TestCheckServices(t *testing.T) {
	t.Parallel()
	const get = "func (s *WidgetService) Get() {}\n"
	done := operation{ID: "GetWidget", Method: "GET", Path: "/widgets", Doc: "get-a-widget", Status: "done", Go: []string{"Widgets.Get"}}
	todo := operation{ID: "GetWidget", Method: "GET", Path: "/widgets", Doc: "get-a-widget", Status: "todo"}
	for name, test := range map[string]struct {
		row     operation
		methods string
		want    string
	}{
		"agrees": {
			row: done,
			methods: "// Get: https://open.dingtalk.com/document/development/get-a-widget\n//\n" +
				"//dingtalk:op GET /widgets\n" + get,
		},
		"to do and not there": {row: todo},
		"method without operation": {
			row:     todo,
			methods: "//dingtalk:op GET /wodgets\n" + get,
			want:    "WidgetService.Get: //dingtalk:op GET /wodgets: api/operations.yaml has no such operation",
		},
		"done, row says to do": {
			row:     todo,
			methods: "//dingtalk:op GET /widgets\n" + get,
			want:    "WidgetService.Get sends GetWidget: write status: done and go: [Widgets.Get] in its row of api/operations.yaml",
		},
		"page not named": {
			row:     done,
			methods: "// Get it.\n//\n//dingtalk:op GET /widgets\n" + get,
			want:    "WidgetService.Get: its comment lacks the vendor's page https://open.dingtalk.com/document/development/get-a-widget",
		},
		"no directive": {
			row:     done,
			methods: get,
			want:    "WidgetService.Get: write //dingtalk:op GET /widgets above it",
		},
		"no method": {
			row:     done,
			methods: "func (s *OtherService) Get() {}\nfunc (s *WidgetService) get() {}\n",
			want:    "GetWidget: go names Widgets.Get, which is no exported method of a service in Client, nor of a Service",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := (&table{Operations: []operation{test.row}}).checkServices(parse(t, test.methods))
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, test.want)
		})
	}
}

func TestValidateFindsContradictions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*table)
		want   string
	}{
		"twin": {
			func(x *table) { x.byID["GetProcessInstance"].Legacy = "OapiGettoken" },
			"GetProcessInstance: its twin OapiGettoken does not say replaced_by: GetProcessInstance",
		},
		"status": {
			func(x *table) { x.byID["GetProcessInstance"].Status = "later" },
			`GetProcessInstance: status "later" is neither todo nor done`,
		},
		"page": {
			func(x *table) { x.byID["GetProcessInstance"].Doc = "" },
			"GetProcessInstance: doc is missing; say documented: false when there is no page",
		},
		"method of an operation to do": {
			func(x *table) { x.byID["GetProcessInstance"].Status = "todo" },
			"GetProcessInstance: go is set although its status is not done",
		},
		"error class": {
			func(x *table) { x.codes[0].Class = "bad" },
			"api/errors.yaml: " + "aflowProcessCodeIsError" + `: class "bad" is not known`,
		},
		"operation of an error": {
			func(x *table) { x.codes[0].Ops[400] = []string{"Nobody"} },
			"api/errors.yaml: aflowProcessCodeIsError: no operation Nobody",
		},
		"advice in one language": {
			func(x *table) { x.codes[0].Advice = advice{English: "wait"} },
			"api/errors.yaml: aflowProcessCodeIsError: advice: want it in English and Chinese",
		},
		"fields of nothing": {
			func(x *table) { x.fields.Operations["Nobody"] = trees{} },
			"api/fields.json: Nobody is not in api/operations.yaml",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loaded, err := load(repository)
			require.NoError(t, err)
			test.change(loaded)
			require.ErrorContains(t, loaded.validate(), test.want)
		})
	}
}

func TestStaleFileIsReported(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "dir", "file")
	require.ErrorContains(t, save(path, []byte("new"), true), "is stale: run make generate")
	require.NoError(t, save(path, []byte("new"), false))
	require.NoError(t, save(path, []byte("new"), true))
	require.ErrorContains(t, save(path, []byte("newer"), true), "is stale")
}

func TestAnchor(t *testing.T) {
	t.Parallel()
	require.Equal(t, "oa-premium-own-oa-directories", anchor("OA premium, own OA: directories"))
	require.Equal(t, "older-gateway-to-do-10", anchor("Older gateway: to-do 1.0"))
}

// TestLimitsHaveOneSource changes a limit in api/fields.json: what the SDK checks and
// what the emulator checks change together, and the files of the repository are stale.
func TestLimitsHaveOneSource(t *testing.T) {
	t.Parallel()
	loaded, err := load(repository)
	require.NoError(t, err)
	body := loaded.fields.Operations["StartProcessInstance"].Body
	i := slices.IndexFunc(body, func(f field) bool { return f.Name == "ccList" })
	require.Equal(t, 50, body[i].MaxItems)
	body[i].MaxItems = 60
	limits, err := renderLimits(loaded)
	require.NoError(t, err)
	require.Regexp(t, `StartProcessInstanceCcListMaxItems += 60\n`, string(limits))
	require.ErrorContains(t, save(filepath.Join(repository, "internal/limit/limit_gen.go"), limits, true), "is stale")
	table, err := renderSpec(loaded)
	require.NoError(t, err)
	require.Contains(t, string(table), `{"name":"ccList","type":"array\u003cstring\u003e","max_items":60}`)
	require.ErrorContains(t, save(filepath.Join(repository, "internal/spec/spec_gen.json"), table, true), "is stale")
}

func TestLimitNames(t *testing.T) {
	t.Parallel()
	low := int64(1)
	require.Equal(t, []limitOf{
		{"OpUserIdListMaxItems", 10}, {"OpUserIdListItemMaxLen", 64}, {"OpSizeMin", low}, {"OpSizeDeepKindEnum", `"a,b"`},
	}, limitsIn("Op", []field{
		{Name: "user_id_list", MaxItems: 10, ItemMaxLen: 64},
		{Name: "size", Min: &low, Fields: []field{{Name: "deep_kind", Enum: []string{"a", "b"}}}},
	}))
}
