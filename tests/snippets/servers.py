"""The servers for the snippets, all on the loopback.

AWS is moto's server. Google Cloud is drongo behind TLS (for clients that use REST) and a gRPC server with Google's
own messages (for those that use gRPC). Vault, Conjur and Azure are stand-ins: they answer the snippets' calls as
documented and refuse all others. Clients with a fixed address reach the vendors' names through a proxy. It connects
every CONNECT to a server here, whose certificate a made-up authority signed. So no snippet is changed.

Run by check.py with the Python that has the packages. Prints one line of JSON, the environment for the snippets, and
serves until its input ends.
"""

import atexit
import base64
import datetime
import hashlib
import http.client
import http.server
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from concurrent import futures
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

VALUE = "made-up"
SLUG, VAR, PROVIDER = sys.argv[2:5]
GOOGLE, AZURE = "secretmanager.googleapis.com", "app.vault.azure.net"
AMAZON = ["secretsmanager.eu-central-1.amazonaws.com", "secretsmanager.eu-west-1.amazonaws.com"]
NAME = f"projects/p/secrets/{SLUG}/versions/latest"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers each request with the status, body and headers from `answer`."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def serve(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body, headers = self.answer()
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = serve


class Plain(Handler):
    """Vault, Conjur, the identity endpoints of Azure and the token endpoint of Google."""

    def answer(self):
        path, head = self.path.partition("?")[0], self.headers
        if path.startswith("/v1/secret/data/"):
            if head.get("X-Vault-Token") != "t":
                return 403, {"errors": ["permission denied"]}, {}
            if path != f"/v1/secret/data/{PROVIDER}":
                return 404, {"errors": []}, {}
            meta = {"version": 1, "created_time": "2026-01-01T00:00:00Z", "deletion_time": "", "destroyed": False}
            answer = {"data": {"data": {VAR: VALUE}, "metadata": {**meta, "custom_metadata": None}}}
            return 200, {"request_id": "r", "lease_id": "", "renewable": False, "lease_duration": 0, **answer}, {}
        if self.path == "/authn/acct/host%2Fapp/authenticate" and self.command == "POST" and self.body == b"k":
            now = int(time.time())
            claims = {"sub": "host/app", "iat": now, "exp": now + 480}
            parts = {"protected": {"alg": "conjur.org/slosilo/v2"}, "payload": claims, "signature": "none"}
            token = json.dumps({k: base64.b64encode(json.dumps(v).encode()).decode() for k, v in parts.items()}).encode()
            encoded = head.get("Accept-Encoding") == "base64"
            return 200, base64.b64encode(token) if encoded else token, {"Content-Type": "text/plain"}
        if self.path.rstrip("/") == f"/secrets/acct/variable/apps%2F{SLUG}":
            token = head.get("Authorization", "").removeprefix('Token token="').removesuffix('"')
            if b'"signature"' in base64.b64decode(token or "eA=="):
                return 200, VALUE.encode(), {"Content-Type": "application/octet-stream"}
        if path in ("/msi", "/metadata/identity/oauth2/token"):
            if head.get("X-IDENTITY-HEADER") == "h" if path == "/msi" else head.get("Metadata") == "true":
                later = int(time.time()) + 3600
                token = {"access_token": "azure-token", "expires_on": str(later), "expires_in": "3600"}
                return 200, {**token, "resource": "https://vault.azure.net", "token_type": "Bearer"}, {}
        if path == f"/secrets/{SLUG}":
            return self.vault_of_azure()
        if path == "/token":
            return 200, {"access_token": "google-token", "expires_in": 3600, "token_type": "Bearer"}, {}
        return 401, {"error": {"code": "no", "message": f"{self.command} {self.path}"}}, {}

    def vault_of_azure(self):
        if self.headers.get("Authorization") != "Bearer azure-token":
            where = 'Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net"'
            return 401, {"error": {"code": "Unauthorized", "message": "no token"}}, {"WWW-Authenticate": where}
        attributes = {"enabled": True, "created": 1760000000, "updated": 1760000000, "recoveryLevel": "Purgeable"}
        return 200, {"value": VALUE, "id": f"https://{AZURE}/secrets/{SLUG}/v1", "attributes": attributes}, {}


class Secure(Plain):
    """The servers behind TLS: drongo under Google's name, moto under Amazon's, a vault under Azure's."""

    drongo = moto = 0

    def answer(self):
        host = self.headers.get("Host", "").partition(":")[0]
        if host == AZURE and self.path.startswith("/secrets/"):
            return self.vault_of_azure() if self.path.partition("?")[0].strip("/") == f"secrets/{SLUG}" else (404, {}, {})
        if host in AMAZON:
            return self.onward(Secure.moto, dict(self.headers))
        if host != GOOGLE or not self.headers.get("Authorization", "").startswith("Bearer "):
            return 403, {"error": {"code": "Forbidden", "message": host}}, {}
        return self.onward(Secure.drongo, {"Content-Type": "application/json"})

    def onward(self, port, headers):
        onward = http.client.HTTPConnection("127.0.0.1", port)
        onward.request(self.command, self.path, self.body or None, headers)
        answer = onward.getresponse()
        return answer.status, answer.read(), {"Content-Type": answer.getheader("Content-Type", "application/json")}


def serve(handler, context=None):
    """A threaded server on its own port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def proxy(port_of):
    """A proxy that connects each CONNECT to a server on this machine, and refuses other hosts."""

    def pump(a, b):
        try:
            while data := a.recv(65536):
                b.sendall(data)
        except OSError:
            pass
        finally:
            for s in (a, b):
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def one(client):
        head = b""
        while b"\r\n\r\n" not in head and (data := client.recv(4096)):
            head += data
        words = head.split()
        port = port_of(words[1].decode().partition(":")[0]) if words[:1] == [b"CONNECT"] else None
        if not port:
            client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return client.close()
        server = socket.create_connection(("127.0.0.1", port))
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        threading.Thread(target=pump, args=(client, server), daemon=True).start()
        pump(server, client)

    listener = socket.create_server(("127.0.0.1", 0))

    def loop():
        while True:
            threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()
    return listener.getsockname()[1]


def certificates(folder):
    """An authority, and its certificate for the names of Google and Azure."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def make(name, issuer, key, signer, extensions):
        build = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
        build = build.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        build = build.not_valid_after(now + datetime.timedelta(days=7))
        for extension, critical in extensions:
            build = build.add_extension(extension, critical=critical)
        return build.sign(signer, hashes.SHA256())

    def called(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    root = make(called("test authority"), called("test authority"), authority, authority,
                [(x509.BasicConstraints(True, None), True), (usage, True)])
    names = x509.SubjectAlternativeName([x509.DNSName(name) for name in [GOOGLE, AZURE, *AMAZON]])
    server = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH])
    leaf = make(called(GOOGLE), called("test authority"), key, authority, [(names, False), (server, False)])
    pem = serialization.Encoding.PEM
    kind = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.pem").write_bytes(root.public_bytes(pem))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(pem))
    (folder / "leaf.key").write_bytes(key.private_bytes(pem, *kind))
    return folder / "ca.pem", folder / "leaf.pem", folder / "leaf.key"


def service_account(folder, token_url):
    """Application Default Credentials for an account made up for this run."""
    key = rsa.generate_private_key(65537, 2048)
    kind = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    account = {
        "type": "service_account",
        "project_id": "p",
        "private_key_id": hashlib.sha256(b"test").hexdigest()[:40],
        "private_key": key.private_bytes(serialization.Encoding.PEM, *kind).decode(),
        "client_email": "app@p.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": token_url,
        "universe_domain": "googleapis.com",
    }
    path = folder / "account.json"
    path.write_text(json.dumps(account))
    return path


def grpc_server(leaf, key):
    """Secret Manager over gRPC, with the messages of Google's package."""
    import grpc
    from google.cloud.secretmanager_v1.types import AccessSecretVersionRequest, AccessSecretVersionResponse

    def access(request, context):
        if request.name != NAME:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such secret")
        if not dict(context.invocation_metadata()).get("authorization", "").startswith("Bearer "):
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "no token")
        return AccessSecretVersionResponse(name=NAME, payload={"data": VALUE.encode()})

    method = grpc.unary_unary_rpc_method_handler(
        access,
        request_deserializer=AccessSecretVersionRequest.deserialize,
        response_serializer=AccessSecretVersionResponse.serialize,
    )
    server = grpc.server(futures.ThreadPoolExecutor(4))
    service = "google.cloud.secretmanager.v1.SecretManagerService"
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service, {"AccessSecretVersion": method})])
    credentials = grpc.ssl_server_credentials([(key.read_bytes(), leaf.read_bytes())])
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    return port, server


def started(command, port, log):
    """Starts a server program; returns once it listens."""
    process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    atexit.register(process.terminate)
    for _ in range(1800):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit(f"{command[0]} did not start; its output is in {log.name}")


def call(port, method, path, body):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status < 300, (path, answer.status, text)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    log = (folder / "servers.log").open("w")
    programs = pathlib.Path(sys.executable).parent
    ca, leaf, key = certificates(folder)
    moto, Secure.drongo = free_port(), free_port()
    Secure.moto = moto
    # The servers end with this process, however it ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    started([programs / "moto_server", "-p", str(moto)], moto, log)
    started([programs / "drongo", "server", "--host", "127.0.0.1", "--port", str(Secure.drongo)], Secure.drongo, log)
    aws = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}
    aws |= {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{moto}", "AWS_REGION": "eu-central-1"}
    aws |= {"AWS_DEFAULT_REGION": "eu-central-1"}
    subprocess.run(
        [programs / "aws", "secretsmanager", "create-secret", "--name", SLUG, "--secret-string", VALUE],
        env={**os.environ, **aws}, check=True, stdout=log,
    )
    secrets = "/v1/projects/p/secrets"
    call(Secure.drongo, "POST", f"{secrets}?secretId={SLUG}", {"replication": {"automatic": {}}})
    data = base64.b64encode(VALUE.encode()).decode()
    call(Secure.drongo, "POST", f"{secrets}/{SLUG}:addVersion", {"payload": {"data": data}})

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf, key)
    context.set_alpn_protocols(["http/1.1"])
    secure = serve(Secure, context)
    plain = f"http://127.0.0.1:{serve(Plain)}"
    grpc_port, _keep = grpc_server(leaf, key)
    rest = proxy(lambda host: secure if host in (GOOGLE, AZURE, *AMAZON) else None)
    rpc = proxy(lambda host: grpc_port if host == GOOGLE else None)
    through = lambda port: {n: f"http://127.0.0.1:{port}" for n in ("HTTPS_PROXY", "https_proxy")} | {  # noqa: E731
        **{n: "127.0.0.1,localhost" for n in ("NO_PROXY", "no_proxy")},
        **{n: str(ca) for n in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")},
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(ca),
    }
    google = {"GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_APPLICATION_CREDENTIALS": str(service_account(folder, f"{plain}/token"))}
    conjur = {"CONJUR_APPLIANCE_URL": plain, "CONJUR_ACCOUNT": "acct"}
    identity = {"IDENTITY_ENDPOINT": f"{plain}/msi", "IDENTITY_HEADER": "h"}
    stores = {
        "env": {VAR: VALUE},
        "aws-secrets-manager": aws,
        "aws-secrets-manager/proxy": {**{k: v for k, v in aws.items() if k != "AWS_ENDPOINT_URL"}, **through(rest)},
        "vault": {"VAULT_ADDR": plain, "VAULT_TOKEN": "t"},
        "conjur": {**conjur, "CONJUR_AUTHN_LOGIN": "host/app", "CONJUR_AUTHN_API_KEY": "k"},
        "gcp-secret-manager": {**google, **through(rpc)},
        "gcp-secret-manager/rest": {**google, **through(rest), "DRONGO": f"http://127.0.0.1:{Secure.drongo}/"},
        "azure-key-vault": {"AZURE_KEYVAULT_URL": f"https://{AZURE}", **identity, **through(rest)},
        "azure-key-vault/plain": {"AZURE_KEYVAULT_URL": plain, "PLAIN": plain},
    }
    print(json.dumps(stores), flush=True)
    sys.stdin.read()


main()
