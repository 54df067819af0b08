import base64
import hashlib
import hmac
import time
# -- klaviyo


def is_genuine(secret: str, headers: dict, body: bytes) -> bool:
    stamp = headers["Klaviyo-Timestamp"]
    want = hmac.new(secret.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(want.encode(), headers["Klaviyo-Signature"].encode())
# -- stripe


def is_genuine(secret: str, headers: dict, body: bytes) -> bool:
    parts = [part.split("=", 1) for part in headers["Stripe-Signature"].split(",")]
    stamp = next(value for name, value in parts if name == "t")
    want = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    fresh = abs(time.time() - int(stamp)) < 300
    sent = [value for name, value in parts if name == "v1"]
    return fresh and any(hmac.compare_digest(want.encode(), s.encode()) for s in sent)
# -- github


def is_genuine(secret: str, headers: dict, body: bytes) -> bool:
    want = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(want.encode(), headers["X-Hub-Signature-256"].encode())
# -- slack


def is_genuine(secret: str, headers: dict, body: bytes) -> bool:
    stamp = headers["X-Slack-Request-Timestamp"]
    text = b"v0:" + stamp.encode() + b":" + body
    want = "v0=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    fresh = abs(time.time() - int(stamp)) < 300
    return fresh and hmac.compare_digest(want.encode(), headers["X-Slack-Signature"].encode())
# -- shopify


def is_genuine(secret: str, headers: dict, body: bytes) -> bool:
    want = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(want, headers["X-Shopify-Hmac-Sha256"].encode())
# -- twilio


def is_genuine(secret: str, headers: dict, url: str, form: dict) -> bool:
    text = url + "".join(name + form[name] for name in sorted(form))
    want = base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest())
    return hmac.compare_digest(want, headers["X-Twilio-Signature"].encode())
