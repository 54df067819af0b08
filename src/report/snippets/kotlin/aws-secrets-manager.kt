// Gradle: implementation("aws.sdk.kotlin:secretsmanager:...")
import aws.sdk.kotlin.services.secretsmanager.SecretsManagerClient
import aws.sdk.kotlin.services.secretsmanager.getSecretValue

/** Region from AWS_REGION; log-in from the role that it runs as. */
suspend fun @camel@(): String =
    SecretsManagerClient.fromEnvironment().use { client ->
        // A key/value secret is one JSON text: parse it, then take the field.
        client.getSecretValue { secretId = "@slug@" }.secretString ?: error("@slug@ has no text value")
    }
