"""The kinds of made-up secrets: rules of the catalogue by id, and names of no provider with a value shape."""
import base64, json, pathlib, random, re, string, subprocess, tomllib, zlib

CATALOGUE = pathlib.Path(__file__).parents[2] / "src/rules/catalogue"

# Each rule's first example of the form NAME=VALUE gives the name and the value's template.
PROVIDERS = """
stripe-secret-key openai-project-api-key anthropic-api-key github-pat-classic gitlab-personal-access-token
slack-bot-token sendgrid-api-key twilio-auth-token mailgun-api-key-v2 telegram-bot-token discord-client-secret
digitalocean-personal-access-token heroku-api-key-v2 cloudflare-api-token-legacy datadog-api-key newrelic-license-key
postgres-uri mysql-uri mongodb-uri redis-uri amqp-uri aws-secret-access-key azure-storage-account-key-legacy
azure-openai-key-legacy google-api-key npm-access-token gitlab-deploy-token docker-personal-access-token
deepgram-api-key elevenlabs-api-key assemblyai-api-key deepseek-api-key groq-api-key huggingface-user-access-token
mistral-api-key cohere-api-key replicate-api-token pinecone-api-key linear-api-key notion-api-token
figma-personal-access-token postman-api-key circleci-project-token sentry-legacy-token sonarqube-token-legacy
snyk-api-token algolia-admin-api-key mapbox-secret-token auth0-client-secret okta-api-token
shopify-access-token square-access-token braintree-private-key razorpay-key-secret plaid-secret
paypal-client-secret mailchimp-api-key mailjet-api-secret brevo-api-key postmark-server-token
twitter-api-secret twitch-client-secret spotify-client-secret dropbox-app-secret zoom-client-secret
jwt-signing-secret session-cookie-secret vault-service-token railway-token supabase-personal-access-token
databricks-access-token snowflake-password cloudinary-url pusher-app-secret openweather-api-key
""".split()

# Shapes of values without a form of their own.
LETTERS = string.ascii_letters + string.digits
SYMBOLS = "!@%+-_.=?*~^"
WORDS = """amber anchor basket beacon border bottle bridge canyon carpet castle cedar cinder clover copper cotton dragon
ember falcon fender forest garden ginger hammer harbor hollow island jacket kettle ladder lantern maple marble meadow
mirror monkey needle orange orchid paddle pepper pillow planet pocket ribbon river rocket saddle shadow silver spider
summer sunset tunnel turtle velvet violet walnut window winter yellow zipper""".split()


def text(rng, letters, n):
    return "".join(rng.choices(letters, k=n))


def mixed(rng, n):
    """Letters, digits and symbols; a letter first."""
    return text(rng, string.ascii_letters, 1) + text(rng, LETTERS + SYMBOLS, n - 2) + text(rng, LETTERS, 1)


def uuid(rng):
    h = text(rng, "0123456789abcdef", 32)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{rng.choice('89ab')}{h[17:20]}-{h[20:]}"


SHAPES = {
    **{f"random-{n}": lambda rng, n=n: text(rng, LETTERS, n) for n in (12, 16, 20, 24, 32, 40, 64)},
    **{f"hex-{n}": lambda rng, n=n: text(rng, "0123456789abcdef", n) for n in (32, 40, 64)},
    "base64-32": lambda rng: base64.b64encode(rng.randbytes(32)).decode(),
    "base64url-32": lambda rng: base64.urlsafe_b64encode(rng.randbytes(32)).decode().rstrip("="),
    "uuid": uuid,
    "symbols-16": lambda rng: mixed(rng, 16),
    "human": lambda rng: rng.choice(WORDS).capitalize() + text(rng, string.digits, 4) + rng.choice("!?*"),
    "passphrase": lambda rng: "-".join(rng.sample(WORDS, 4)),
}

# (name, shape): what a project calls its own secrets.
GENERIC = [
    ("db password", "random-16"), ("db password", "symbols-16"), ("db password", "human"), ("database password", "random-12"),
    ("admin password", "human"), ("admin password", "passphrase"), ("smtp password", "random-16"), ("redis password", "random-24"),
    ("mail pass", "symbols-16"), ("user pwd", "random-12"), ("keystore password", "human"), ("root password", "random-20"),
    ("jwt secret", "hex-64"), ("session secret", "base64-32"), ("secret key", "symbols-16"), ("secret key base", "hex-64"),
    ("app secret", "random-32"), ("client secret", "base64url-32"), ("webhook secret", "hex-40"), ("signing key", "base64-32"),
    ("encryption key", "hex-64"), ("internal api key", "hex-40"), ("api key", "random-32"), ("api key", "uuid"), ("api key", "hex-32"),
    ("partner api key", "random-40"), ("auth token", "random-24"), ("access token", "random-64"), ("service token", "base64url-32"),
    ("bot token", "random-40"), ("private token", "random-20"), ("deploy token", "hex-40"), ("license key", "uuid"),
]

ALPHABETS = {
    "digits": string.digits, "hex-lower": "0123456789abcdef", "hex-upper": "0123456789ABCDEF", "alpha": string.ascii_letters,
    "alnum-lower": string.ascii_lowercase + string.digits, "alnum-upper": string.ascii_uppercase + string.digits,
    "base32": string.ascii_uppercase + "234567", "base32-lower": string.ascii_lowercase + "234567", "base62": LETTERS,
    "base58": "".join(c for c in LETTERS if c not in "0OIl"), "base64": LETTERS + "+/", "base64url": LETTERS + "-_",
    "word": LETTERS + "_", "alnum-dash": LETTERS + "-", "url-unreserved": LETTERS + "-._~",
}


def github(rng, prefix):
    body, digits = text(rng, LETTERS, 30), string.digits + string.ascii_uppercase + string.ascii_lowercase
    sum_, out = zlib.crc32(body.encode()), ""
    while sum_:
        sum_, digit = divmod(sum_, 62)
        out = digits[digit] + out
    return prefix + body + out.rjust(6, "0")


def expand(template, rng):
    """A value of a catalogue template, or None if it has a checksum that is not known here."""
    while match := re.search(r"\$\{([a-z0-9-]+):([^{}]*)\}", template):
        form, argument = match.groups()
        if form == "uuid":
            value = uuid(rng)
        elif form == "seal" and argument.startswith("github-crc32:"):
            value = github(rng, argument.split(":")[1])
        elif form in ALPHABETS:
            low, _, high = argument.partition("-")
            value = text(rng, ALPHABETS[form], rng.randint(int(low), int(high or low)))
        else:
            return None
        template = template[:match.start()] + value + template[match.end():]
    return None if "${" in template else template


class Kind:
    """A name in words, and the making of its value."""

    def __init__(self, id_, name, shape, make):
        self.id, self.name, self.shape, self.make = id_, name.split(), shape, make


def of_catalogue():
    rules = {}
    for path in CATALOGUE.glob("*.toml"):
        for rule in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", []):
            rules[rule["id"]] = rule
    for id_ in PROVIDERS:
        rule = rules.get(id_) or {}
        for example in rule.get("examples", []):
            match = re.fullmatch(r'([A-Z][A-Z0-9_]+)="?([^\s"]+)"?', example)
            if match and expand(match[2], random.Random(0)):
                prefixed = "regex" in rule
                yield Kind(id_, match[1].replace("_", " ").lower(), "url" if "://" in match[2] else "provider-form" if prefixed
                           else "provider-name", lambda rng, t=match[2]: expand(t, rng))
                break
        else:
            print(f"no kind {id_}")


def private_key(rng):
    """A fresh EC key as one escaped string; it does not follow the seed."""
    pem = subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
                         capture_output=True, text=True, check=True).stdout
    return pem.replace("\n", "\\n")


def all_kinds():
    own = [Kind(f"{name.replace(' ', '-')}:{shape}", name, shape, SHAPES[shape]) for name, shape in GENERIC]
    return [*of_catalogue(), *own, Kind("private-key", "private key", "pem", private_key)]
