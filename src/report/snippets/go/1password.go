package secrets

// go get github.com/1password/onepassword-sdk-go
import (
	"context"
	"os"

	"github.com/1password/onepassword-sdk-go"
)

// @Pascal@ logs in as a service account.
func @Pascal@(ctx context.Context) (string, error) {
	client, err := onepassword.NewClient(
		ctx,
		onepassword.WithServiceAccountToken(os.Getenv("OP_SERVICE_ACCOUNT_TOKEN")),
		onepassword.WithIntegrationInfo("app", "v1.0.0"),
	)
	if err != nil {
		return "", err
	}
	return client.Secrets().Resolve(ctx, "op://Production/@slug@/credential")
}
