package emulator

// templateHandler finds what imitates an operation of forms (审批表单模板).
func templateHandler(string) handler { return handler{} }
