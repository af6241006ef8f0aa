package dingoa_test

import (
	"net/http"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// BenchmarkSuiteCompanies reports what one company of a suite keeps in memory,
// its token included, when there are 10,000.
func BenchmarkSuiteCompanies(b *testing.B) {
	const companies = 10_000
	clients := make([]*dingoa.Client, companies)
	for b.Loop() {
		s, err := dingoa.NewSuite(suiteKey, suiteSecret, dingoa.StaticTicket(suiteTicket),
			dingoa.WithHTTPClient(&http.Client{Transport: corpTokens{}}))
		require.NoError(b, err)
		before := heap()
		for i := range clients {
			if clients[i], err = s.Client("ding" + strconv.Itoa(i)); err != nil {
				b.Fatal(err)
			}
		}
		idle := heap()
		for _, c := range clients {
			if err := get(b.Context(), c); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(idle-before)/companies, "bytes/client")
		b.ReportMetric(float64(heap()-before)/companies, "bytes/company")
		runtime.KeepAlive(s)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // the first leaves what pools hold
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// corpTokens answers token requests and every other, and remembers nothing.
type corpTokens struct{}

func (corpTokens) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == corpTokenPath {
		return answer(200, `{"accessToken":"`+corpToken+`","expireIn":7200}`)(r)
	}
	return answer(200, instance)(r)
}

const corpToken = "67477fed82e63563a320000000000000"
