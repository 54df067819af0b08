package secrets

// go get github.com/Azure/azure-sdk-for-go/sdk/azidentity
// go get github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets
import (
	"context"
	"errors"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

// @Pascal@ reads the vault of AZURE_KEYVAULT_URL, your own setting: https://NAME.vault.azure.net
func @Pascal@(ctx context.Context) (string, error) {
	credential, err := azidentity.NewDefaultAzureCredential(nil)
	if err != nil {
		return "", err
	}
	client, err := azsecrets.NewClient(os.Getenv("AZURE_KEYVAULT_URL"), credential, nil)
	if err != nil {
		return "", err
	}
	// The empty version is the newest.
	answer, err := client.GetSecret(ctx, "@slug@", "", nil)
	if err != nil {
		return "", err
	}
	if answer.Value == nil {
		return "", errors.New("@slug@ is empty")
	}
	return *answer.Value, nil
}
