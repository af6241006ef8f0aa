package wire

import (
	"encoding/json"
	"strings"
)

// IDs are identifiers that may come as a JSON list or as one text with commas
// between, as the older gateway wrote users and approvals in 2018. Empty text
// and null are none.
type IDs []string

// UnmarshalJSON implements [json.Unmarshaler].
func (ids *IDs) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		*ids = nil
		return nil
	}
	var list []Text
	if len(data) > 0 && data[0] == '[' {
		if err := json.Unmarshal(data, &list); err != nil {
			return typeError[IDs](data)
		}
	} else {
		s, ok := text(data)
		if !ok {
			return typeError[IDs](data)
		}
		if strings.HasPrefix(strings.TrimSpace(s), "[") && json.Unmarshal([]byte(s), &list) == nil {
			s = "" // a list as JSON in text
		}
		for id := range strings.SplitSeq(s, ",") {
			list = append(list, Text(id))
		}
	}
	*ids = make(IDs, 0, len(list))
	for _, id := range list {
		if id := strings.TrimSpace(string(id)); id != "" {
			*ids = append(*ids, id)
		}
	}
	return nil
}
