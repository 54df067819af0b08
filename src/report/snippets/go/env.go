package secrets

import (
	"errors"
	"os"
)

// @Pascal@ is read once, at start; there is no default.
func @Pascal@() (string, error) {
	value := os.Getenv("@VAR@")
	if value == "" {
		return "", errors.New("@VAR@ is not set")
	}
	return value, nil
}
