package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startRounds = 11
	pageRounds  = 21
	leave       = `{"processCode":"PROC-EMULATOR-LEAVE","originatorUserId":"zhangsan","deptId":100,"formComponentValues":[` +
		`{"name":"请假类型","value":"年假"},{"name":"开始日期","value":"2026-05-04"},{"name":"天数","value":"2"}]}`
)

// process is a dingoa serve that runs.
type process struct {
	command *exec.Cmd
	client  *http.Client
	token   string

	URL       string `json:"url"`
	AdminURL  string `json:"adminUrl"`
	AppKey    string `json:"appKey"`
	AppSecret string `json:"appSecret"`
}

// start returns once it says that it is ready, with the time that took.
func start(ctx context.Context, program string, flags []string) (*process, time.Duration, error) {
	args := append([]string{"serve", "--json", "--addr", "127.0.0.1:0"}, flags...)
	p := &process{
		command: exec.CommandContext(ctx, program, args...),
		client:  &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}},
	}
	p.command.Stderr = os.Stderr
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return nil, 0, err
	}
	began := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, 0, err
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	took := time.Since(began)
	if err == nil {
		err = json.Unmarshal(line, p)
	}
	if err == nil {
		p.token, err = p.fetchToken(ctx)
	}
	if err != nil {
		p.kill()
	}
	return p, took, err
}

func startMedian(ctx context.Context, program string, flags []string) (time.Duration, error) {
	var times []time.Duration
	for range startRounds {
		p, took, err := start(ctx, program, flags)
		if err == nil {
			err = p.stop()
		}
		if err != nil {
			return 0, err
		}
		times = append(times, took)
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

func (p *process) stop() error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.command.Wait()
}

func (p *process) kill() {
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
}

// memory is the resident set in bytes; 0 where the system does not say.
func (p *process) memory() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kilobytes, _, _ := strings.Cut(strings.TrimSpace(after), " ")
	n, _ := strconv.Atoi(kilobytes)
	return n << 10
}

// computed is the CPU time of a process that has ended.
func (p *process) computed() time.Duration {
	return p.command.ProcessState.UserTime() + p.command.ProcessState.SystemTime()
}

// loadAverage is how many processes wanted a CPU in the last minute: more than
// there are CPUs means that the machine was busy.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	average, _, _ := strings.Cut(string(text), " ")
	return average
}

// send sends a request and decodes the reply.
func (p *process) send(ctx context.Context, method, url, body string, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("x-acs-dingtalk-access-token", p.token)
	resp, err := p.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: HTTP %d: %s", method, url, resp.StatusCode, bytes.TrimSpace(data))
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func (p *process) fetchToken(ctx context.Context) (string, error) {
	body, err := json.Marshal(map[string]string{"appKey": p.AppKey, "appSecret": p.AppSecret})
	if err != nil {
		return "", err
	}
	var reply struct {
		AccessToken string `json:"accessToken"`
	}
	err = p.send(ctx, http.MethodPost, p.URL+"/v1.0/oauth2/accessToken", string(body), &reply)
	return reply.AccessToken, err
}

// createAll starts n approvals and returns their IDs, and how many it were in a second.
func (p *process) createAll(ctx context.Context, n, connections int) (ids []string, perSecond int, err error) {
	ids = make([]string, n)
	perSecond, err = inParallel(n, connections, func(i int) error {
		var reply struct {
			InstanceID string `json:"instanceId"`
		}
		err := p.send(ctx, http.MethodPost, p.URL+"/v1.0/workflow/processInstances", leave, &reply)
		ids[i] = reply.InstanceID
		return err
	})
	return ids, perSecond, err
}

// getAll reads a part of the approvals.
func (p *process) getAll(ctx context.Context, ids []string, connections int) (perSecond int, err error) {
	return inParallel(min(len(ids), 20_000), connections, func(i int) error {
		id := ids[i*7919%len(ids)]
		var reply struct {
			Result struct {
				Title string `json:"title"`
			} `json:"result"`
		}
		return p.send(ctx, http.MethodGet, p.URL+"/v1.0/workflow/processInstances?processInstanceId="+id, "", &reply)
	})
}

// page reads a page of the list as the console does.
func (p *process) page(ctx context.Context, query string) (median, slowest time.Duration, err error) {
	var times []time.Duration
	for range pageRounds {
		var reply struct {
			Items []json.RawMessage `json:"items"`
		}
		began := time.Now()
		if err := p.send(ctx, http.MethodGet, p.AdminURL+"instances?"+query, "", &reply); err != nil {
			return 0, 0, err
		}
		times = append(times, time.Since(began))
		if len(reply.Items) == 0 {
			return 0, 0, fmt.Errorf("the list for %q is empty", query)
		}
	}
	slices.Sort(times)
	return times[len(times)/2], times[len(times)-1], nil
}

// inParallel does n things, some at once, and returns how many it were in a second.
func inParallel(n, atOnce int, do func(i int) error) (perSecond int, err error) {
	var workers sync.WaitGroup
	errs := make([]error, atOnce)
	began := time.Now()
	for worker := range atOnce {
		workers.Go(func() {
			for i := worker; i < n && errs[worker] == nil; i += atOnce {
				errs[worker] = do(i)
			}
		})
	}
	workers.Wait()
	return int(float64(n) / time.Since(began).Seconds()), errors.Join(errs...)
}
