package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// driveSpaceID is the approval space (审批钉盘空间) of every company.
const driveSpaceID = 3_000_000_163

// Lifetimes of addresses at the file host.
const (
	uploadLifetime   = 900 * time.Second
	downloadLifetime = 15 * time.Minute
)

// drive is the approval space with its files and who may do what. The zero
// value is an empty one.
type drive struct {
	files     map[string]*driveFile
	uploads   map[string]*driveUpload // by upload key
	links     map[string]driveLink    // by the end of their path
	uploaders map[string]bool         // users who may upload
	departed  map[string]bool         // users who have left the company
	lastFile  int64
}

// init makes the maps; the caller holds s.mu, as for all methods.
func (d *drive) init() {
	if d.files != nil {
		return
	}
	d.files, d.uploads, d.links = map[string]*driveFile{}, map[string]*driveUpload{}, map[string]driveLink{}
	d.uploaders, d.departed = map[string]bool{}, map[string]bool{}
	d.lastFile = 26_748_422_000
}

type driveFile struct {
	ID      string    `json:"-"`
	Name    string    `json:"name"`
	Owner   string    `json:"owner"`
	Content []byte    `json:"content"`
	Created time.Time `json:"created"`
	Readers []string  `json:"readers,omitempty"` // users who may download it, sorted
}

// allow lets a user download the file.
func (f *driveFile) allow(userID string) {
	if i, found := slices.BinarySearch(f.Readers, userID); !found {
		f.Readers = slices.Insert(f.Readers, i, userID)
	}
}

// driveUpload is an upload between its address and its commit.
type driveUpload struct {
	userID, md5, authorization string
	expires                    time.Time
	sent                       *spool // nil until something was sent
}

// driveLink is an address from which a file can be fetched.
type driveLink struct {
	file          *driveFile
	authorization string // header that is needed, empty for a link that works on its own
	expires       time.Time
}

// File is a file in the approval space.
type File struct {
	SpaceID, ID, Name string
	// UserID uploaded it.
	UserID  string
	Content []byte
}

// PutFile puts a file into the approval space as a user of the DingTalk app does
// and returns it with its ID, for the value of an attachment component.
func (s *Server) PutFile(userID, name string, content []byte) (File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.company.checkUsers([]string{userID}); err != nil {
		return File{}, fmt.Errorf("emulator: %w", err)
	}
	f := s.drive.add(userID, name, slices.Clone(content), s.Now())
	s.touch(kindFile, f.ID)
	return f.public(), nil
}

// File returns a file of the approval space, and whether there is one.
func (s *Server) File(fileID string) (File, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.drive.files[fileID]
	if !ok {
		return File{}, false
	}
	return f.public(), true
}

// Leave makes a user leave the company (离职). The operations of attachments
// then answer userNotExist for this user, and for the addresses of files in
// approvals that this user started, and no form takes the user as a contact; all
// others still know the user.
func (s *Server) Leave(userID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.company.checkUsers([]string{userID}); err != nil {
		return fmt.Errorf("emulator: %w", err)
	}
	s.drive.init()
	s.drive.departed[userID] = true
	s.touch(kindMeta, "")
	return nil
}

func (f *driveFile) public() File {
	return File{SpaceID: strconv.Itoa(driveSpaceID), ID: f.ID, Name: f.Name, UserID: f.Owner, Content: slices.Clone(f.Content)}
}

// add stores a file, under another name if its own is taken.
func (d *drive) add(userID, name string, content []byte, now time.Time) *driveFile {
	d.init()
	extension := path.Ext(name)
	stem, free := strings.TrimSuffix(name, extension), name
	for n := 1; d.named(free) != nil; n++ {
		free = fmt.Sprintf("%s(%d)%s", stem, n, extension)
	}
	d.lastFile++
	f := &driveFile{ID: strconv.FormatInt(d.lastFile, 10), Name: free, Owner: userID, Content: content, Created: now}
	d.files[f.ID] = f
	return f
}

func (d *drive) named(name string) *driveFile {
	for _, f := range d.files {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// link makes an address for a file and returns the end of its path.
func (d *drive) link(f *driveFile, authorization string, now time.Time) string {
	d.init()
	d.dropExpired(now)
	name := randomHex()
	d.links[name] = driveLink{f, authorization, now.Add(downloadLifetime)}
	return name
}

// dropExpired forgets uploads and addresses that nobody can use any more, some
// time later, so that whoever comes too late is told why.
func (d *drive) dropExpired(now time.Time) {
	for key, up := range d.uploads {
		if now.After(up.expires.Add(uploadLifetime)) {
			d.dropUpload(key)
		}
	}
	maps.DeleteFunc(d.links, func(_ string, link driveLink) bool { return now.After(link.expires.Add(downloadLifetime)) })
}

func (d *drive) dropUpload(key string) {
	d.uploads[key].sent.close()
	delete(d.uploads, key)
}

// dropUploads gives back what uploads hold.
func (d *drive) dropUploads() {
	for key := range d.uploads {
		d.dropUpload(key)
	}
}

// hasRoom reports whether another file of n bytes may be kept.
func (d *drive) hasRoom(n int64) bool {
	for _, f := range d.files {
		n += int64(len(f.Content))
	}
	return n <= maxDrive
}

// present reports whether the user is a member who has not left.
func (s *Server) present(userID string) bool {
	_, ok := s.company.users[userID]
	return ok && !s.drive.departed[userID]
}

// unionID names a user across companies; the drive goes by it.
func unionID(userID string) string { return "unionid-" + userID }

func (s *Server) userOfUnionID(id string) (string, bool) {
	userID, ok := strings.CutPrefix(id, "unionid-")
	return userID, ok && s.present(userID)
}

// attached reports whether a file belongs to an approval: to one of its form
// values or, with comments, to a record.
func (in *instance) attached(fileID string, withComments bool) bool {
	for _, v := range in.Values {
		if valueHasFile(v.Value, fileID) {
			return true
		}
	}
	for _, r := range in.Records {
		for _, a := range r.Attachments {
			if withComments && a.FileID == fileID {
				return true
			}
		}
	}
	return false
}

// valueHasFile looks for the file in a value, inside of tables, too.
func valueHasFile(value, fileID string) bool {
	if !strings.Contains(value, "fileId") {
		return false
	}
	var parsed any
	if err := json.Unmarshal([]byte(value), &parsed); err != nil {
		return false
	}
	return holdsFile(parsed, fileID)
}

func holdsFile(v any, fileID string) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, func(v any) bool { return holdsFile(v, fileID) })
	case map[string]any:
		if v["fileId"] == fileID {
			return true
		}
		for _, member := range v {
			if holdsFile(member, fileID) {
				return true
			}
		}
	case string:
		return valueHasFile(v, fileID)
	}
	return false
}
