// Maven: com.google.cloud:google-cloud-secretmanager
import com.google.cloud.secretmanager.v1.SecretManagerServiceClient;
import com.google.cloud.secretmanager.v1.SecretVersionName;
import java.io.IOException;

final class Secrets {
    /** Log-in by Application Default Credentials. */
    static String @camel@() throws IOException {
        String project = System.getenv("GOOGLE_CLOUD_PROJECT");
        try (SecretManagerServiceClient client = SecretManagerServiceClient.create()) {
            SecretVersionName name = SecretVersionName.of(project, "@slug@", "latest");
            return client.accessSecretVersion(name).getPayload().getData().toStringUtf8();
        }
    }
}
