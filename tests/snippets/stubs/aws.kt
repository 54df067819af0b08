// What the Kotlin snippet uses of aws.sdk.kotlin:secretsmanager; see java.txt.
package aws.sdk.kotlin.services.secretsmanager

import java.io.Closeable

class GetSecretValueRequest {
    class Builder {
        var secretId: String? = null
    }
}

class GetSecretValueResponse(val secretString: String?)

interface SecretsManagerClient : Closeable {
    suspend fun request(build: GetSecretValueRequest.Builder): GetSecretValueResponse

    companion object {
        class Config

        suspend fun fromEnvironment(block: (Config.() -> Unit)? = null): SecretsManagerClient = TODO()
    }
}

suspend inline fun SecretsManagerClient.getSecretValue(
    crossinline block: GetSecretValueRequest.Builder.() -> Unit
): GetSecretValueResponse = request(GetSecretValueRequest.Builder().apply(block))
