// Maven: io.github.jopenlibs:vault-java-driver
import io.github.jopenlibs.vault.Vault;
import io.github.jopenlibs.vault.VaultConfig;
import io.github.jopenlibs.vault.VaultException;
import io.github.jopenlibs.vault.response.LogicalResponse;

final class Secrets {
    /** Address and token from VAULT_ADDR and VAULT_TOKEN; the driver inserts /data/ for version 2. */
    static String @camel@() throws VaultException {
        Vault vault = Vault.create(new VaultConfig().build(), 2);
        LogicalResponse answer = vault.logical().read("secret/@provider@");
        String value = answer.getData().get("@VAR@");
        if (value == null || value.isEmpty()) {
            throw new IllegalStateException("Vault answered " + answer.getRestResponse().getStatus());
        }
        return value;
    }
}
