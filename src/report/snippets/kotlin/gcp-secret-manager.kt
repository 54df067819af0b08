// Gradle: implementation("com.google.cloud:google-cloud-secretmanager:...")
import com.google.cloud.secretmanager.v1.SecretManagerServiceClient
import com.google.cloud.secretmanager.v1.SecretVersionName

/** Log-in by Application Default Credentials. */
fun @camel@(): String =
    SecretManagerServiceClient.create().use { client ->
        val name = SecretVersionName.of(System.getenv("GOOGLE_CLOUD_PROJECT"), "@slug@", "latest")
        client.accessSecretVersion(name).payload.data.toStringUtf8()
    }
