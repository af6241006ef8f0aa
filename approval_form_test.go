package dingoa_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/form"
)

func TestInstanceForm(t *testing.T) {
	t.Parallel()
	inst := dingoa.Instance{FormValues: []dingoa.FormValue{
		{Name: "天数", Value: "3"},
		{Name: "明细", Value: `[{"rowValue":[{"label":"金额","value":"0.10"}]}]`},
	}}
	days, err := inst.Form().Int("天数")
	require.NoError(t, err)
	require.EqualValues(t, 3, days)
	rows, err := inst.Form().Table("明细")
	require.NoError(t, err)
	require.Len(t, rows, 1)
	amount, err := rows[0].Decimal("金额")
	require.NoError(t, err)
	require.Equal(t, "0.10", amount.String())
	_, err = inst.Form().Text("事由")
	require.ErrorIs(t, err, form.ErrAbsent)
}
