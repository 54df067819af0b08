// Gradle: implementation("io.github.jopenlibs:vault-java-driver:...")
import io.github.jopenlibs.vault.Vault
import io.github.jopenlibs.vault.VaultConfig

/** Address and token from VAULT_ADDR and VAULT_TOKEN; the driver inserts /data/ for version 2. */
fun @camel@(): String {
    val vault = Vault.create(VaultConfig().build(), 2)
    return vault.logical().read("secret/@provider@").data["@VAR@"] ?: error("secret/@provider@ has no @VAR@")
}
