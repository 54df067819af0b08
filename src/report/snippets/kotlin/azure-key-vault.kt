// Gradle: implementation("com.azure:azure-security-keyvault-secrets:..."), implementation("com.azure:azure-identity:...")
import com.azure.identity.DefaultAzureCredentialBuilder
import com.azure.security.keyvault.secrets.SecretClientBuilder

/** AZURE_KEYVAULT_URL is your own setting: https://NAME.vault.azure.net */
fun @camel@(): String =
    SecretClientBuilder()
        .vaultUrl(System.getenv("AZURE_KEYVAULT_URL"))
        .credential(DefaultAzureCredentialBuilder().build())
        .buildClient()
        .getSecret("@slug@")
        .value
