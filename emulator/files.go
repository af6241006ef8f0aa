package emulator

// fileHandler finds what imitates an operation of attachments (审批附件).
func fileHandler(string) handler { return handler{} }
