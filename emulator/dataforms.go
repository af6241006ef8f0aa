package emulator

// dataFormHandler finds what imitates an operation of data forms (数据表单).
func dataFormHandler(string) handler { return handler{} }
