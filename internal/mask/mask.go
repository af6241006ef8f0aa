// Package mask hides secrets.
package mask

// Hidden stands for a secret.
const Hidden = "***"

// Secret hides a secret, but not whether there is one.
func Secret(secret string) string {
	if secret == "" {
		return ""
	}
	return Hidden
}
