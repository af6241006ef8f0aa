package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/dingoa/dingoa"
)

// rawClient is the floor of the API calls: what one writes by hand with net/http
// and encoding/json. It has no time limit, checks nothing before sending, knows
// no error but the status, and keeps times as text.
type rawClient struct {
	http  *http.Client
	base  string
	token string
}

type rawCreateRequest struct {
	ProcessCode      string         `json:"processCode"`
	OriginatorUserID string         `json:"originatorUserId"`
	DeptID           int64          `json:"deptId,omitempty"`
	AgentID          int64          `json:"microappAgentId,omitempty"`
	FormValues       []rawFormValue `json:"formComponentValues"`
}

type rawFormValue struct {
	ID            string `json:"id,omitempty"`
	BizAlias      string `json:"bizAlias,omitempty"`
	Name          string `json:"name"`
	Value         string `json:"value"`
	ExtValue      string `json:"extValue,omitempty"`
	ComponentType string `json:"componentType,omitempty"`
}

type rawCreateReply struct {
	InstanceID string `json:"instanceId"`
}

type rawGetReply struct {
	Result  rawInstance `json:"result"`
	Success bool        `json:"success"`
}

type rawInstance struct {
	Title                      string         `json:"title"`
	BusinessID                 string         `json:"businessId"`
	Status                     string         `json:"status"`
	Result                     string         `json:"result"`
	OriginatorUserID           string         `json:"originatorUserId"`
	OriginatorDeptID           string         `json:"originatorDeptId"`
	OriginatorDeptName         string         `json:"originatorDeptName"`
	ApproverUserIDs            []string       `json:"approverUserIds"`
	CCUserIDs                  []string       `json:"ccUserIds"`
	CreateTime                 string         `json:"createTime"`
	FinishTime                 string         `json:"finishTime"`
	FormComponentValues        []rawFormValue `json:"formComponentValues"`
	OperationRecords           []rawRecord    `json:"operationRecords"`
	Tasks                      []rawTask      `json:"tasks"`
	BizAction                  string         `json:"bizAction"`
	BizData                    string         `json:"bizData"`
	AttachedProcessInstanceIDs []string       `json:"attachedProcessInstanceIds"`
	MainProcessInstanceID      string         `json:"mainProcessInstanceId"`
}

type rawRecord struct {
	UserID      string          `json:"userId"`
	Date        string          `json:"date"`
	Type        string          `json:"type"`
	Result      string          `json:"result"`
	Remark      string          `json:"remark"`
	Attachments []rawAttachment `json:"attachments"`
	Images      []string        `json:"images"`
	CCUserIDs   []string        `json:"ccUserIds"`
	ActivityID  string          `json:"activityId"`
	ShowName    string          `json:"showName"`
}

type rawAttachment struct {
	SpaceID  string `json:"spaceId"`
	FileID   string `json:"fileId"`
	FileName string `json:"fileName"`
	FileSize string `json:"fileSize"`
	FileType string `json:"fileType"`
}

type rawTask struct {
	TaskID            int64  `json:"taskId"`
	UserID            string `json:"userId"`
	Status            string `json:"status"`
	Result            string `json:"result"`
	CreateTime        string `json:"createTime"`
	FinishTime        string `json:"finishTime"`
	MobileURL         string `json:"mobileUrl"`
	PCURL             string `json:"pcUrl"`
	ProcessInstanceID string `json:"processInstanceId"`
	ActivityID        string `json:"activityId"`
	TaskGroupName     string `json:"taskGroupName"`
}

func rawCreateRequestOf(r dingoa.CreateInstanceRequest) rawCreateRequest {
	raw := rawCreateRequest{
		ProcessCode: r.ProcessCode, OriginatorUserID: r.OriginatorUserID, DeptID: r.DeptID, AgentID: r.AgentID,
	}
	for _, v := range r.FormValues {
		raw.FormValues = append(raw.FormValues, rawFormValue{Name: v.Name, Value: v.Value})
	}
	return raw
}

func (c *rawClient) create(ctx context.Context, req rawCreateRequest) (*rawCreateReply, error) {
	body, err := json.Marshal(&req)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+createPath, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	var reply rawCreateReply
	if err := c.do(r, &reply); err != nil {
		return nil, err
	}
	return &reply, nil
}

func (c *rawClient) get(ctx context.Context, instanceID string) (*rawInstance, error) {
	address := c.base + createPath + "?processInstanceId=" + url.QueryEscape(instanceID)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	var reply rawGetReply
	if err := c.do(r, &reply); err != nil {
		return nil, err
	}
	return &reply.Result, nil
}

func (c *rawClient) do(r *http.Request, reply any) error {
	r.Header.Set("x-acs-dingtalk-access-token", c.token)
	resp, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d: %s", resp.StatusCode, body)
	}
	return json.Unmarshal(body, reply)
}
