package secrets

// go get github.com/hashicorp/vault/api
import (
	"context"
	"errors"

	"github.com/hashicorp/vault/api"
)

// @Pascal@ takes address and token from VAULT_ADDR and VAULT_TOKEN.
func @Pascal@(ctx context.Context) (string, error) {
	client, err := api.NewClient(api.DefaultConfig())
	if err != nil {
		return "", err
	}
	secret, err := client.KVv2("secret").Get(ctx, "@provider@")
	if err != nil {
		return "", err
	}
	value, ok := secret.Data["@VAR@"].(string)
	if !ok || value == "" {
		return "", errors.New("secret/@provider@ has no @VAR@")
	}
	return value, nil
}
