package bench

import (
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/form"
)

func TestPayloadsHaveTheSizesThatTheGoalsName(t *testing.T) {
	t.Parallel()
	create, err := json.Marshal(createRequest())
	require.NoError(t, err)
	require.InDelta(t, 2300, len(create), 50, "create")
	require.InDelta(t, 20200, len(getReply()), 200, "get")
	require.InDelta(t, 400, len(smallEvent()), 10, "small message")
	require.InDelta(t, 4096, len(largeEvent()), 50, "large message")
	require.InDelta(t, 4096, len(linesEvent()), 50, "large message with lines")
}

// A floor that does less than it should would be no floor.

func TestBothWaysSendTheSameRequest(t *testing.T) {
	t.Parallel()
	sdk, err := json.Marshal(createRequest())
	require.NoError(t, err)
	floor, err := json.Marshal(rawCreateRequestOf(createRequest()))
	require.NoError(t, err)
	require.Equal(t, string(floor), string(sdk))
}

func TestBothWaysReadTheSameReply(t *testing.T) {
	t.Parallel()
	hc := &http.Client{Transport: memoryTransport{body: getReply(), header: jsonHeader()}}
	c, err := dingoa.New("", "", dingoa.WithTokenSource(dingoa.StaticToken(accessToken)), dingoa.WithHTTPClient(hc))
	require.NoError(t, err)
	sdk, err := c.Instances.Get(t.Context(), instanceID)
	require.NoError(t, err)
	floor, err := (&rawClient{http: hc, base: baseURL, token: accessToken}).get(t.Context(), instanceID)
	require.NoError(t, err)

	require.Len(t, floor.FormComponentValues, 20)
	require.Len(t, floor.OperationRecords, 30)
	require.Len(t, floor.Tasks, 15)
	require.Len(t, sdk.FormValues, 20)
	require.Len(t, sdk.Records, 30)
	require.Len(t, sdk.Tasks, 15)
	require.Equal(t, floor.Title, sdk.Title)
	require.Equal(t, floor.FormComponentValues[19].Value, sdk.FormValues[19].Value)
	require.Equal(t, floor.OperationRecords[29].Remark, sdk.Records[29].Remark)
	require.Equal(t, floor.Tasks[14].PCURL, sdk.Tasks[14].PCURL)
	require.Equal(t, floor.Tasks[14].FinishTime, sdk.Tasks[14].FinishTime.In(time.FixedZone("", 8*60*60)).Format("2006-01-02T15:04Z"))
}

func TestBothWaysReadTheSamePush(t *testing.T) {
	t.Parallel()
	cb, err := dingoa.NewCallback(callbackToken, encodingAESKey, []string{ownerKey})
	require.NoError(t, err)
	floor, err := newRawCallback(callbackToken, encodingAESKey, ownerKey)
	require.NoError(t, err)
	for _, message := range [][]byte{smallEvent(), largeEvent(), linesEvent()} {
		p, err := seal(cb, message)
		require.NoError(t, err)
		want, err := floor.parse(p.query, p.body)
		require.NoError(t, err)
		push, err := cb.Parse(p.query, p.body)
		require.NoError(t, err)
		got := push.Event
		change, ok := got.Data.(event.TaskChange)
		require.True(t, ok, "%T", got.Data)
		require.Equal(t, want.EventID, got.ID)
		require.Equal(t, want.ProcessInstanceID, change.InstanceID)
		require.Equal(t, want.Remark, change.Remark)
		require.Equal(t, want.FinishTime, change.FinishTime.UnixMilli())

		p.query.Set("nonce", "another")
		_, err = floor.parse(p.query, p.body)
		require.ErrorIs(t, err, errRawCallback)
	}
}

func TestBothWaysKeepTheSameForm(t *testing.T) {
	t.Parallel()
	purchase, plainPurchase := purchase()
	requireKept(t, purchase, plainPurchase)
	table, plainTable := table()
	requireKept(t, table, plainTable)

	values, err := form.Marshal(table)
	require.NoError(t, err)
	data, err := json.Marshal(plainTable)
	require.NoError(t, err)
	require.InDelta(t, 23000, len(values[0].Value), 200, "the sizes that README.md names")
	require.InDelta(t, 14300, len(data), 200)
}

func requireKept[F, P any](t *testing.T, v F, plain P) {
	t.Helper()
	values, err := form.Marshal(v)
	require.NoError(t, err)
	var got F
	require.NoError(t, form.Unmarshal(values, &got, form.Strict()))
	require.Equal(t, v, got)
	data, err := json.Marshal(plain)
	require.NoError(t, err)
	var gotPlain P
	require.NoError(t, json.Unmarshal(data, &gotPlain))
	again, err := json.Marshal(gotPlain)
	require.NoError(t, err)
	require.Equal(t, string(data), string(again))
}

func TestOneTokenRequestForAllWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		requests, err := Stampede(1000)
		require.NoError(t, err)
		require.EqualValues(t, 1, requests)
	})
}

// closedLoop itself sees that every message is acknowledged once.
func TestBothWaysAcknowledgeTheSameEvents(t *testing.T) {
	t.Parallel()
	for name, connect := range map[string]func(*streamGateway) (*session, error){"dingoa": streamSDK(0, nothing), "raw": streamRaw} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := connect(nil)
			require.NoError(t, err)
			defer s.end()
			took, err := closedLoop(s.conn, newStreamMessage(largeEvent()), 500, 32)
			require.NoError(t, err)
			require.Len(t, took, 500)
		})
	}
}
