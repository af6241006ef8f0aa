package emulator

import "context"

// The older gateway's /call_back/…: registering a callback by API, and the list
// of failed pushes.

type callbackRequest struct {
	Tags   []string `json:"call_back_tag"`
	Token  string   `json:"token"`
	AESKey string   `json:"aes_key"`
	URL    string   `json:"url"`
}

func (s *Server) registerCallback(c *call) (map[string]any, *apiError) {
	if s.hasCallback() {
		return nil, refuse("callback.exists", errcodeCallbackExists, "回调地址已经存在")
	}
	return s.saveCallback(c)
}

func (s *Server) updateCallback(c *call) (map[string]any, *apiError) {
	if !s.hasCallback() {
		return nil, errNoCallback()
	}
	return s.saveCallback(c)
}

// saveCallback tests the address with check_url before it keeps it.
func (s *Server) saveCallback(c *call) (map[string]any, *apiError) {
	var in callbackRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if !isWebAddress(in.URL) {
		return nil, refuse("callback.url", errcodeCallbackURL, "传入的url参数不是合法的url格式")
	}
	if err := s.hosts.mayPush(in.URL); err != nil {
		return nil, refuse("callback.host", errcodeCallbackURL, "%v", err)
	}
	next, err := s.newCallback(Callback{
		URL: in.URL, Token: in.Token, EncodingAESKey: in.AESKey, OwnerKey: s.company.app.CorpID, Events: in.Tags,
	})
	if err != nil {
		return nil, refuse("callback.json", errcodeCallbackJSON, "POST的JSON数据不包含所需要的参数字段或包含的参数格式非法：%v", err)
	}
	ctx, cancel := context.WithCancel(c.r.Context())
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	a := s.attempt(ctx, next, checkURLEvent(), &eventFault{})
	switch {
	case a.Problem == "":
	case a.Status == 200:
		return nil, refuse("callback.reply", errcodeCallbackReply, "返回文本非success：%s", a.Problem)
	default:
		return nil, refuse("callback.unreachable", errcodeCallbackUnread, "url地址访问异常：%s", a.Problem)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callback = next
	s.touchCallback()
	return nil, nil // a success without fields
}

func (s *Server) getCallback(*call) (map[string]any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cb := s.callback
	if cb == nil {
		return nil, errNoCallback()
	}
	tags := cb.Events
	if len(tags) == 0 {
		tags = []string{eventInstance, eventTask}
	}
	return map[string]any{"url": cb.URL, "token": cb.Token, "aes_key": cb.EncodingAESKey, "call_back_tag": tags}, nil
}

func (s *Server) deleteCallback(*call) (map[string]any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.callback == nil {
		return nil, errNoCallback()
	}
	s.callback = nil
	s.touchCallback()
	return nil, nil // a success without fields
}

// failedResult hands out the failed pushes, each once.
func (s *Server) failedResult(*call) (map[string]any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := &s.pushes
	n := min(len(q.failed), failedPerRead)
	list := make([]map[string]any, n)
	for i, p := range q.failed[:n] {
		list[i] = s.failedEntry(p)
		s.touch(kindPush, p.EventID)
	}
	q.failed = q.failed[n:]
	return map[string]any{"failed_list": list, "has_more": len(q.failed) > 0}, nil
}

func (s *Server) touchCallback() {
	s.touch(kindMeta, "")
	s.touch(kindCallback, "")
}

func (s *Server) hasCallback() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.callback != nil
}

func errNoCallback() *apiError {
	return refuse("callback.missing", errcodeCallbackMissing, "回调地址已不存在")
}
