import { createHmac, timingSafeEqual } from "node:crypto";

const same = (a, b) => a.length === b.length && timingSafeEqual(a, b);
// -- klaviyo

export function isGenuine(secret, headers, body) {
  const hmac = createHmac("sha256", secret).update(body).update(headers["klaviyo-timestamp"]);
  return same(Buffer.from(hmac.digest("hex")), Buffer.from(headers["klaviyo-signature"]));
}
// -- stripe

export function isGenuine(secret, headers, body) {
  const parts = headers["stripe-signature"].split(",").map((part) => part.split("="));
  const stamp = parts.find(([name]) => name === "t")[1];
  const want = createHmac("sha256", secret).update(`${stamp}.`).update(body).digest("hex");
  const fresh = Math.abs(Date.now() / 1000 - Number(stamp)) < 300;
  const sent = parts.filter(([name]) => name === "v1").map(([, value]) => value);
  return fresh && sent.some((value) => same(Buffer.from(want), Buffer.from(value)));
}
// -- github

export function isGenuine(secret, headers, body) {
  const want = "sha256=" + createHmac("sha256", secret).update(body).digest("hex");
  return same(Buffer.from(want), Buffer.from(headers["x-hub-signature-256"]));
}
// -- slack

export function isGenuine(secret, headers, body) {
  const stamp = headers["x-slack-request-timestamp"];
  const want = "v0=" + createHmac("sha256", secret).update(`v0:${stamp}:`).update(body).digest("hex");
  const fresh = Math.abs(Date.now() / 1000 - Number(stamp)) < 300;
  return fresh && same(Buffer.from(want), Buffer.from(headers["x-slack-signature"]));
}
// -- shopify

export function isGenuine(secret, headers, body) {
  const want = createHmac("sha256", secret).update(body).digest("base64");
  return same(Buffer.from(want), Buffer.from(headers["x-shopify-hmac-sha256"]));
}
// -- twilio

export function isGenuine(secret, headers, url, form) {
  const text = url + Object.keys(form).sort().map((name) => name + form[name]).join("");
  const want = createHmac("sha1", secret).update(text).digest("base64");
  return same(Buffer.from(want), Buffer.from(headers["x-twilio-signature"]));
}
