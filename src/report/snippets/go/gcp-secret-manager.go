package secrets

// go get cloud.google.com/go/secretmanager
import (
	"context"
	"fmt"
	"os"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
)

// @Pascal@ logs in by Application Default Credentials.
func @Pascal@(ctx context.Context) (string, error) {
	client, err := secretmanager.NewClient(ctx)
	if err != nil {
		return "", err
	}
	defer client.Close()
	name := fmt.Sprintf("projects/%s/secrets/@slug@/versions/latest", os.Getenv("GOOGLE_CLOUD_PROJECT"))
	version, err := client.AccessSecretVersion(ctx, &secretmanagerpb.AccessSecretVersionRequest{Name: name})
	if err != nil {
		return "", err
	}
	return string(version.Payload.Data), nil
}
