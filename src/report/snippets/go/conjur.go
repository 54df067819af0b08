package secrets

// go get github.com/cyberark/conjur-api-go
import (
	"github.com/cyberark/conjur-api-go/conjurapi"
)

// @Pascal@ takes address and log-in from the CONJUR_ variables.
func @Pascal@() (string, error) {
	config, err := conjurapi.LoadConfig()
	if err != nil {
		return "", err
	}
	client, err := conjurapi.NewClientFromEnvironment(config)
	if err != nil {
		return "", err
	}
	value, err := client.RetrieveSecret("apps/@slug@")
	return string(value), err
}
