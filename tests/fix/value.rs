//! Where `stanch fix` puts the value: a file of variables that git ignores, or a store.

use super::*;

#[test]
fn the_value_goes_into_a_file_that_git_ignores_and_its_owner_alone_reads() {
    let (s, _) = stopped(&[("app/mail.py", "key = \"KEY\"\n")]);
    let raw = template::expand(KEY, 3).unwrap();
    let run = s.stanch(["fix"]).ok();
    assert_eq!(read(&s, ".env"), format!("KLAVIYO_API_KEY={raw}\n"));
    assert_eq!((mode(&s, ".env"), read(&s, ".gitignore").as_str()), (0o600, "/.env\n"));
    for told in [".env has KLAVIYO_API_KEY", "restart    what reads it", "git add app/mail.py .gitignore"] {
        assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
    }
    assert!(!run.stderr.contains(&raw[3..]), "{}", run.stderr);
    s.git(["add", "app/mail.py", ".gitignore"]);
    s.git(["commit", "-q", "-m", "x"]);
    assert_eq!(s.git(["status", "--porcelain"]), "");
    // The program finds it: what the message says to load.
    let loaded = s.run_with("sh", ["-c", "set -a; . ./.env; set +a; printf %s \"$KLAVIYO_API_KEY\""], b"");
    assert_eq!(loaded.stdout, raw);
}

#[test]
fn a_variable_that_has_another_value_keeps_it() {
    let s = Sandbox::guarded();
    s.write(".env", "KLAVIYO_API_KEY=mine\nB=2\n");
    s.stage("a.py", format!("key = \"{}\"\n", template::expand(KEY, 3).unwrap()));
    assert_eq!(s.commit().code, 1);
    s.stanch(["fix"]).ok();
    assert!(read(&s, "a.py").contains("os.environ[\"KLAVIYO_API_KEY_2\"]"), "{}", read(&s, "a.py"));
    assert!(read(&s, ".env").starts_with("KLAVIYO_API_KEY=mine\nB=2\nKLAVIYO_API_KEY_2=pk_"));
}

#[test]
fn a_file_of_variables_that_is_in_git_gets_no_value() {
    let s = Sandbox::guarded();
    s.write(".env", "B=2\n");
    s.git(["add", "-f", ".env"]);
    s.git(["commit", "-q", "-m", "env"]);
    for store in [None, Some("env")] {
        s.stage("a.py", format!("key = \"{}\"\n", template::expand(KEY, 3).unwrap()));
        assert_eq!(s.commit().code, 1);
        let run = s.stanch(["fix"].into_iter().chain(store.iter().flat_map(|s| ["--store", *s])));
        assert!(run.stderr.contains(".env: git tracks it"), "{}", run.stderr);
        // Asked for by name, it is not done by halves.
        assert_eq!(run.code, i32::from(store.is_some()), "{}", run.stderr);
        assert_eq!(read(&s, "a.py").contains("pk_"), store.is_some());
        assert_eq!(read(&s, ".env"), "B=2\n");
    }
}

#[test]
fn the_nearest_file_of_variables_gets_the_value() {
    let (s, _) = stopped(&[("web/src/a.py", "key = \"KEY\"\n")]);
    s.write("web/.env", "A=1\n");
    let run = s.at("web/src").stanch(["fix"]).ok();
    assert!(read(&s, "web/.env").starts_with("A=1\nKLAVIYO_API_KEY=pk_"), "{}", run.stderr);
    assert_eq!(read(&s, ".gitignore"), "/web/.env\n");
    // The person's current folder.
    assert!(run.stderr.contains("git add a.py ../../.gitignore"), "{}", run.stderr);
}

#[test]
fn a_terraform_variable_is_declared_once() {
    let (s, _) = stopped(&[("main.tf", "x = \"KEY\"\n"), ("b/main.tf", "x = \"KEY\"\n")]);
    s.write("b/variables.tf", "variable \"klaviyo_api_key\" {\n  type = string\n}\n");
    s.stanch(["fix"]).ok();
    assert!(read(&s, "main.tf").contains("x = var.klaviyo_api_key\n\nvariable \"klaviyo_api_key\" {"));
    assert_eq!(read(&s, "b/main.tf"), "x = var.klaviyo_api_key\n");
    assert!(read(&s, ".env").starts_with("TF_VAR_klaviyo_api_key=pk_"));
}

/// A program that writes its arguments and its standard input beside itself, prints both, and ends with `code`.
#[cfg(unix)]
fn client(s: &Sandbox, name: &str, body: &str) -> Sandbox {
    let bin = s.home().join("bin");
    fs::create_dir_all(&bin).unwrap();
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$*\" >>\"$HOME/args\"\ncat >\"$HOME/input\"\ncat \"$HOME/input\"\n{body}\n"
    );
    fs::write(bin.join(name), script).unwrap();
    crate::support::executable(&bin.join(name));
    s.env("PATH", &format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()))
}

#[cfg(unix)]
#[test]
fn a_store_gets_the_value_on_standard_input_and_no_command_line_has_it() {
    let raw = template::expand(KEY, 3).unwrap();
    for (store, program, command, place) in [
        ("vault", "vault", "kv patch -mount=secret klaviyo KLAVIYO_API_KEY=-", "Vault: secret/klaviyo"),
        (
            "aws-secrets-manager",
            "aws",
            "secretsmanager create-secret --name klaviyo-api-key --secret-string file:///dev/stdin",
            "AWS Secrets Manager: klaviyo-api-key",
        ),
        (
            "1password",
            "op",
            "item create --vault Production -",
            "1Password: op://Production/klaviyo-api-key/credential",
        ),
        ("github-actions", "gh", "secret set KLAVIYO_API_KEY", "GitHub Actions: secrets.KLAVIYO_API_KEY"),
    ] {
        let (s, _) = stopped(&[("a.py", "key = \"KEY\"\n"), ("b.py", "key = \"KEY\"\n")]);
        let run = client(&s, program, "").stanch(["fix", "--store", store]).ok();
        assert!(run.stderr.contains(&format!("stanch: runs {program} {command}   (the")), "{}", run.stderr);
        assert!(run.stderr.contains(place), "{}", run.stderr);
        assert_eq!(fs::read_to_string(s.home().join("args")).unwrap(), format!("{command}\n"), "once");
        let input = fs::read_to_string(s.home().join("input")).unwrap();
        if store == "1password" {
            let item: serde_json::Value = serde_json::from_str(&input).unwrap();
            assert_eq!(item["fields"][0]["value"], raw);
        } else {
            assert_eq!(input, raw);
        }
        assert!(!run.stderr.contains(&raw[3..]) && !run.stdout.contains(&raw[3..]), "{run:?}");
        assert!(read(&s, "b.py").contains("os.environ"));
        assert!(!s.dir().join(".env").exists());
    }
}

#[cfg(unix)]
#[test]
fn what_the_client_has_done_is_not_asked_of_the_person() {
    let workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    env:\n      KLAVIYO_API_KEY: KEY\n";
    for (args, asks) in [(&["fix"][..], true), (&["fix", "--store", "github-actions"][..], false)] {
        let (s, _) = stopped(&[(".github/workflows/ci.yml", workflow)]);
        let run = client(&s, "gh", "").stanch(args).ok();
        assert!(run.stderr.contains("${{ secrets.KLAVIYO_API_KEY }} in place of"), "{}", run.stderr);
        assert_eq!(run.stderr.contains("then: gh secret set KLAVIYO_API_KEY"), asks, "{}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_store_that_refuses_leaves_the_file_and_its_words_show_no_value() {
    let raw = template::expand(KEY, 3).unwrap();
    let (s, _) = stopped(&[("a.py", "key = \"KEY\"\n")]);
    let before = read(&s, "a.py");
    let told = client(&s, "vault", "echo \"denied: $(cat $HOME/input)\" >&2; exit 2");
    let run = told.stanch(["fix", "--store", "vault", "--at", "team/mail"]);
    assert_eq!((run.code, read(&s, "a.py")), (1, before.clone()), "{}", run.stderr);
    assert!(run.stderr.contains("a.py stays as it is: vault did not store it: denied"), "{}", run.stderr);
    assert!(!run.stderr.contains(&raw[3..]), "{}", run.stderr);
    // A path that is not there is made, and never written over.
    let args = fs::read_to_string(s.home().join("args")).unwrap();
    assert!(args.contains("kv put -mount=secret -cas=0 team/mail KLAVIYO_API_KEY=-"), "{args}");
    // One that the repository brings is not run.
    s.write("op", "#!/bin/sh\ncat >stolen\n");
    crate::support::executable(&s.dir().join("op"));
    let run = s.env("PATH", &format!(".:{}", std::env::var("PATH").unwrap())).stanch([
        "fix",
        "--store",
        "1password",
    ]);
    assert!(run.stderr.contains("op, the client of 1Password, is not on PATH"), "{}", run.stderr);
    assert!(!s.dir().join("stolen").exists() && read(&s, "a.py") == before);
}

#[test]
fn nothing_is_stored_on_request() {
    let (s, _) = stopped(&[("a.py", "key = \"KEY\"\n")]);
    let run = s.stanch(["fix", "--store", "none"]).ok();
    assert!(run.stderr.contains("KLAVIYO_API_KEY is nowhere yet"), "{}", run.stderr);
    assert!(!s.dir().join(".env").exists() && !s.dir().join(".gitignore").exists());
}
