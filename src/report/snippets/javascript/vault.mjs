// npm install node-vault
import vault from "node-vault";

// Address and token from VAULT_ADDR and VAULT_TOKEN; this path needs /data/.
const answer = await vault().read("secret/data/@provider@");
const @camel@ = answer.data.data.@VAR@;
if (!@camel@) {
  throw new Error("secret/@provider@ has no @VAR@");
}
