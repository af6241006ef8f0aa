package emulator

// suiteHandler finds what imitates an operation of third-party apps (第三方应用).
func suiteHandler(string) handler { return handler{} }
