// Conjur has no official client for Node: two HTTP calls.
const env = process.env;
const base = env.CONJUR_APPLIANCE_URL;
const login = encodeURIComponent(env.CONJUR_AUTHN_LOGIN ?? "");

const authenticated = await fetch(`${base}/authn/${env.CONJUR_ACCOUNT}/${login}/authenticate`, {
  method: "POST",
  headers: { "Accept-Encoding": "base64" },
  body: env.CONJUR_AUTHN_API_KEY,
});
if (!authenticated.ok) {
  throw new Error(`Conjur refused the log-in: ${authenticated.status}`);
}
// The token lives for minutes: log in again instead of keeping it.
const shortLived = await authenticated.text();

const id = encodeURIComponent("apps/@slug@");
const answer = await fetch(`${base}/secrets/${env.CONJUR_ACCOUNT}/variable/${id}`, {
  headers: { Authorization: `Token token="${shortLived}"` },
});
if (!answer.ok) {
  throw new Error(`Conjur did not give apps/@slug@: ${answer.status}`);
}
const @camel@ = await answer.text();
