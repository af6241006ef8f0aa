package emulator

import (
	"net/http"
	"path"
	"strconv"
	"strings"
)

// adminPutFile puts a file into the approval space, for an attachment component.
func (s *Server) adminPutFile(c *adminCall) (any, *adminError) {
	var in struct {
		UserID  string `json:"userId"`
		Name    string `json:"name"`
		Content []byte `json:"content"` // Base64
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.knowsUser("userId", in.UserID); err != nil {
		return nil, adminSays(err)
	}
	if strings.TrimSpace(in.Name) == "" {
		return nil, badAdminField("name", "is required")
	}
	if !s.drive.hasRoom(int64(len(in.Content))) {
		return nil, adminRefuse(http.StatusConflict, "driveFull", "content", "the emulator keeps files of up to 1 GB in all")
	}
	f := s.drive.add(in.UserID, in.Name, in.Content, s.Now())
	s.touch(kindFile, f.ID)
	return attachment{
		SpaceID: spaceText, FileID: f.ID, FileName: f.Name,
		FileSize: strconv.Itoa(len(f.Content)), FileType: strings.TrimPrefix(path.Ext(f.Name), "."),
	}, nil
}
