package secrets

// go get github.com/aws/aws-sdk-go-v2/config github.com/aws/aws-sdk-go-v2/service/secretsmanager
import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// @Pascal@ takes the region from AWS_REGION and the log-in from the role that it runs as.
func @Pascal@(ctx context.Context) (string, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return "", err
	}
	out, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{
		SecretId: aws.String("@slug@"),
	})
	if err != nil {
		return "", err
	}
	// A key/value secret is one JSON text: unmarshal it, then take the field.
	if out.SecretString == nil {
		return "", errors.New("@slug@ has no text value")
	}
	return *out.SecretString, nil
}
