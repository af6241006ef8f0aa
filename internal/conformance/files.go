package conformance

import (
	"bytes"
	"io"
	"strings"

	"github.com/dingoa/dingoa"
)

// attachments takes a file up, into a comment, and down again.
func attachments(r *run) {
	if r.Legacy {
		r.Skip("the older gateway has no uploads, and does not find files of comments")
	}
	content := strings.Repeat("附件", 1000)
	file, err := r.Client.Files.Upload(r.Context(), dingoa.UploadRequest{
		UserID: r.Originator, Name: "conformance.txt", Size: int64(len(content)), Content: strings.NewReader(content),
	})
	r.ok(err)
	r.equal("size", file.FileSize, int64(len(content)))
	r.equal("type", file.FileType, "txt")

	id := r.create(one(r.Approvers[0]))
	r.ok(r.Client.Instances.Comment(r.Context(), dingoa.CommentRequest{
		InstanceID: id, OperatorUserID: r.Originator, Text: "see", File: dingoa.Files{Attachments: []dingoa.Attachment{*file}},
	}))
	req := dingoa.DownloadRequest{InstanceID: id, FileID: file.FileID}
	_, err = r.Client.Files.Download(r.Context(), req, io.Discard)
	r.is(err, dingoa.ErrPermission, dingoa.ErrNotFound, dingoa.ErrInvalidArgument)

	req.WithCommentAttachment = true
	var out bytes.Buffer
	n, err := r.Client.Files.Download(r.Context(), req, &out)
	r.ok(err)
	r.equal("bytes", n, int64(len(content)))
	r.equal("content", out.String(), content)

	r.ok(r.Client.Files.AuthorizeDownload(r.Context(), dingoa.AuthorizeDownloadRequest{
		UserID: r.Approvers[0], Files: []dingoa.SpaceFile{{SpaceID: file.SpaceID, FileID: file.FileID}},
	}))
}
