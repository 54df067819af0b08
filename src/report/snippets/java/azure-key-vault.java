// Maven: com.azure:azure-security-keyvault-secrets, com.azure:azure-identity
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;

final class Secrets {
    /** AZURE_KEYVAULT_URL is your own setting: https://NAME.vault.azure.net */
    static String @camel@() {
        SecretClient client = new SecretClientBuilder()
            .vaultUrl(System.getenv("AZURE_KEYVAULT_URL"))
            .credential(new DefaultAzureCredentialBuilder().build())
            .buildClient();
        return client.getSecret("@slug@").getValue();
    }
}
