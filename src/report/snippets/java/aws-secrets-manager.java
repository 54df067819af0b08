// Maven: software.amazon.awssdk:secretsmanager
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;

final class Secrets {
    /** Region from AWS_REGION; log-in from the role that it runs as. */
    static String @camel@() {
        try (SecretsManagerClient client = SecretsManagerClient.create()) {
            GetSecretValueRequest request = GetSecretValueRequest.builder().secretId("@slug@").build();
            // A key/value secret is one JSON text: parse it, then take the field.
            String value = client.getSecretValue(request).secretString();
            if (value == null) {
                throw new IllegalStateException("@slug@ has no text value");
            }
            return value;
        }
    }
}
