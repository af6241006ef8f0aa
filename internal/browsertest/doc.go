// Package browsertest tests the emulator's console in a real Chromium.
package browsertest
