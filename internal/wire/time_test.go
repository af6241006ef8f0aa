package wire_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/wire"
)

func TestParseTimeDoesNotAllocate(t *testing.T) {
	for _, s := range []string{"2022-08-31T11:52Z", "2020-12-21 15:30:26", "1497249913000"} {
		text := []byte(s)
		require.Zero(t, testing.AllocsPerRun(100, func() {
			if _, ok := wire.ParseTime(text); !ok {
				panic(s)
			}
		}), s)
	}
}

// Whatever package time reads, seconds and an offset included, is that instant.
func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{
		"", "0", "2022-08-31T11:52Z", "2022-08-31T11:52:07.125Z", "2021-07-26T10:18:33.000+0800", "2021-07-26T10:18+08:00", "2023/1/2 15:04",
		"1497249913", "1497249913000", "99999999999999999999", "2022-02-30", "2022-08-31T11:52:07,", "2022-08-31T11:52 +08",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := wire.ParseTime(s)
		same, sameOK := wire.ParseTime([]byte(s))
		require.Equal(t, ok, sameOK)
		require.Equal(t, got, same)
		if want, err := time.Parse(time.RFC3339, s); err == nil {
			require.True(t, ok, s)
			require.True(t, want.Equal(got), s)
		}
	})
}
