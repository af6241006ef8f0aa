package emulator

// premiumHandler finds what imitates an operation of OA premium (OA 高级版).
func premiumHandler(string) handler { return handler{} }
