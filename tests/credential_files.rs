//! Files that are secrets by what they are, in real commits.

use crate::support::{Sandbox, secret};

/// A short password that only its place makes a secret.
fn password(seed: u64) -> String {
    secret("${base62:9}", seed)
}

#[test]
fn a_new_environment_file_with_a_value_is_blocked_and_the_printed_fix_works() {
    let s = Sandbox::guarded();
    s.write("app.txt", "x\n");
    s.git(["add", "app.txt"]);
    s.stage(".env.production", format!("PORT=3000\nDB_HOST=db\nDB_PASSWORD={}\n", password(1)));
    let run = s.commit();
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains(".env.production:3:13") && !run.stderr.contains(&password(1)), "{run:#?}");
    let at = run.stderr.find("stanch fix ").expect("the message names the fix") + 11;
    s.stanch(["fix", &run.stderr[at..at + 8]]).ok();
    s.commit().ok();
    assert!(s.dir().join(".env.production").exists(), "the file stays on the disk");
    assert_eq!(s.git(["ls-files", ".env.production"]), "");
    assert_eq!(s.git(["check-ignore", ".env.production"]), ".env.production");
}

#[test]
fn samples_empty_values_stand_ins_references_and_settings_are_ignored() {
    let s = Sandbox::guarded();
    let filled = format!("DB_PASSWORD={}\n", password(1));
    for (path, text) in [
        (".env.example", "DB_PASSWORD=changeme\nAPI_TOKEN=<token>\n"),
        (
            ".env",
            "PORT=3000\nDB_PASSWORD=\nAPI_TOKEN=${API_TOKEN}\nDEBUG=true\nSECRET_FILE=/run/secrets/app\n",
        ),
        ("sub/.env", "COOKIE_SIGNING_SECRET=cookie-signing-secret\n"),
        (".netrc", "machine api.acme-corp.net login demo password $PASSWORD\n"),
        (".mcp.json", "{\"mcpServers\": {\"shop\": {\"env\": {\"SHOP_TOKEN\": \"${input:shop-token}\"}}}}\n"),
        (
            "mcp.json",
            "{\"mcpServers\": {\"shop\": {\"args\": [\"--api-key\", \"${SHOP_KEY}\", \"--header\", \"Authorization: Bearer ${SHOP_TOKEN}\"]}}}\n",
        ),
        (
            ".bashrc",
            "alias pass='gopass'\nexport GPG_TTY=$(tty)\nexport MAIL_PASSWORD=\"$(pass show mail)\"\n",
        ),
        ("templates/reset_password", "<form>\n  <input name=\"password\">\n</form>\n"),
        ("src/token", "one line\nand one more\n"),
        (
            ".vscode/mcp.json",
            "{\"servers\": {\"hub\": {\"args\": [\"run\", \"-e\", \"HUB_ACCESS_TOKEN\", \"ghcr.io/acme/hub-mcp\"]}}}\n",
        ),
        ("lang/en/auth.json", "{\"password\": \"Your password\", \"token\": \"Code\"}\n"),
        ("k8s/secrets.yaml", "kind: ExternalSecret\nspec:\n  data:\n    - secretKey: db-password\n"),
        (
            "wp-config.php",
            "define( 'DB_PASSWORD', getenv('DB_PASSWORD') );\ndefine( 'DB_HOST', 'localhost' );\n",
        ),
        ("settings-security.xml", "<master>{YOUR_MASTER_PASSWORD}</master>\n"),
        ("terraform.tfvars", "region = \"eu-west-1\"\ndb_password = \"\"\n"),
        ("id_rsa", "not a key\n"),
        ("a.p12", "not a store\n"),
        ("app/kubeconfig.go", "\tTokenAuth *tokenAuth `datapolicy:\"security-key\"`\n"),
        ("env.py", "password = os.environ['DB_PASSWORD']\n"),
        ("docs/dotenv.md", "write your values to .env\n"),
    ] {
        s.stage(path, text);
    }
    s.commit().ok();
    s.stage(".env.sample", &filled);
    let run = s.stanch(["scan", "--staged", "--format", "jsonl"]);
    assert!(!run.stdout.contains("env-file"), "{run:#?}");
}

#[test]
fn in_a_file_that_is_committed_already_only_new_lines_count() {
    let s = Sandbox::guarded();
    let old = format!("DB_PASSWORD={}\n", password(1));
    s.record(&[(".env", &old)]);
    s.stage(".env", format!("{old}PORT=3000\n"));
    s.commit().ok();
    s.stage(".env", format!("{old}PORT=3000\nMAIL_PASSWORD={}\n", password(2)));
    let run = s.commit();
    assert!(run.code == 1 && run.stderr.contains(".env:3:") && !run.stderr.contains(".env:1:"), "{run:#?}");
}

#[test]
fn every_kind_of_credential_file_is_known_by_its_name_and_what_it_holds() {
    let word = password(3);
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("infra/terraform.tfvars", format!("db_password = \"{word}\"\n").into()),
        ("home/.netrc", format!("machine api.acme-corp.net login demo password {word}\n").into()),
        ("home/.pypirc", format!("[pypi]\nusername = demo\npassword = {word}\n").into()),
        ("home/.aws/credentials", format!("[default]\nadmin_password = {word}\n").into()),
        ("kubeconfig", format!("users:\n- name: demo\n  user:\n    password: {word}\n").into()),
        ("keys/id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\nscrambled\n".into()),
        ("release.jks", b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01rest".to_vec()),
        ("server.p12", b"\x30\x82\x09\xe0\x02\x01\x03\x30\x82\x09\x99rest".to_vec()),
        ("team.kdbx", b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5rest".to_vec()),
    ];
    for (path, bytes) in files {
        let s = Sandbox::guarded();
        s.stage(path, &bytes);
        let run = s.commit();
        assert!(run.code == 1 && run.stderr.contains(&format!("{path}:")), "{path}: {run:#?}");
        assert!(run.stderr.contains("out of the commit"), "{path}: {run:#?}");
    }
}

#[test]
fn the_files_in_which_tools_keep_logins_stop_a_commit_at_the_login() {
    let (word, long) = (password(3), secret("${base62:40}", 3));
    let files: Vec<(&str, String)> = vec![
        ("home/.pgpass", format!("db.acme-corp.net:5432:shop:app:{word}\n")),
        ("home/.my.cnf", format!("[client]\nuser=app\npassword={word}\n")),
        ("home/.git-credentials", format!("https://demo:{word}@git.acme-corp.net\n")),
        ("home/.npmrc", format!("//npm.acme-corp.net/:_password={word}\n")),
        (
            "home/.docker/config.json",
            format!("{{\"auths\": {{\"r.acme-corp.net\": {{\"auth\": \"{long}\"}}}}}}\n"),
        ),
        ("home/.config/rclone/rclone.conf", format!("[box]\ntype = sftp\npass = {long}\n")),
        ("home/.s3cfg", format!("[default]\nsecret_key = {long}\n")),
        ("home/.boto", format!("[Credentials]\ngs_oauth2_refresh_token = {long}\n")),
        (
            "home/.terraform.d/credentials.tfrc.json",
            format!("{{\"credentials\": {{\"tf.acme-corp.net\": {{\"token\": \"{long}\"}}}}}}\n"),
        ),
        (
            "home/application_default_credentials.json",
            format!("{{\"client_id\": \"x\", \"client_secret\": \"{long}\"}}\n"),
        ),
        ("home/.m2/settings.xml", format!("<server><password>{word}</password></server>\n")),
        ("web/.htpasswd", format!("demo:$apr1${}${}\n", &long[..8], &long[..22])),
        ("ansible/.vault_pass", format!("{word}\n")),
        ("home/.msmtprc", format!("account x\npassword {word}\n")),
        ("infra/terraform.tfstate", format!("{{\"attributes\": {{\"password\": \"{word}\"}}}}\n")),
        ("home/.bash_history", format!("mysql --password={word}\n")),
    ];
    for (path, text) in files {
        let s = Sandbox::guarded();
        s.stage(path, &text);
        let run = s.commit();
        assert!(run.code == 1 && run.stderr.contains(&format!("{path}:")), "{path}: {run:#?}");
        assert!(!run.stderr.contains(&word) && !run.stderr.contains(&long), "{path}: {run:#?}");
    }
}

#[test]
fn files_that_exist_to_hold_logins_count_with_any_password() {
    let word = password(4);
    let json =
        |name: &str| format!("{{\"host\": \"acme-corp.net\", \"user\": \"demo\", \"{name}\": \"{word}\"}}\n");
    let files: Vec<(&str, String)> = vec![
        ("sftp-config.json", json("password")),
        (".ftpconfig", json("pass")),
        (".remote-sync.json", json("password")),
        ("deployment-config.json", json("password")),
        ("robomongo.json", json("userPassword")),
        (
            "filezilla/filezilla.xml",
            format!("<Server>\n  <User>demo</User>\n  <Pass>{word}</Pass>\n</Server>\n"),
        ),
        ("db/dbeaver-data-sources.xml", format!("<connection user=\"demo\" password=\"{word}\"/>\n")),
        (".git-credentials", format!("https://me@acme-corp.net:{word}#@1@git.acme-corp.net\n")),
        (".esmtprc", format!("username \"demo\"\npassword \"{word}\"\n")),
        ("wp-config.php", format!("define( 'DB_PASSWORD', '{word}' );\n")),
        ("forum/config.php", format!("$dbpasswd = '{word}';\n")),
        ("settings.xml", format!("<server><id>x</id><password>{word}</password></server>\n")),
        ("ventrilo_srv.ini", format!("[Server]\nAdminPassword={word}\n")),
        ("hub", format!("github.com:\n- user: demo\n  oauth_token: \"{word}\"\n")),
        (".tugboat", format!("authentication:\n  api_key: {word}\n")),
        ("etc/wpa_supplicant.conf", format!("network={{\n  ssid=\"home\"\n  psk=\"{word}\"\n}}\n")),
        ("etc/ppp/chap-secrets", format!("demo acme {word} *\n")),
        ("ipsec.secrets", format!(": PSK \"{word}\"\n")),
        ("client.ovpn", format!("<auth-user-pass>\ndemo\n{word}\n</auth-user-pass>\n")),
        ("sasl_passwd", format!("[smtp.acme-corp.net]:587 demo:{word}\n")),
        ("tomcat-users.xml", format!("<user username=\"demo\" password=\"{word}\" roles=\"x\"/>\n")),
        (
            "autounattend.xml",
            format!("<AdministratorPassword><Value>{word}</Value></AdministratorPassword>\n"),
        ),
        ("deploy/db_password", format!("{word}\n")),
        ("secrets/api_key.txt", format!("# for the shop\n{word}\n")),
        ("secrets.yml", format!("wifi_password: {word}\n")),
        (
            ".mcp.json",
            format!("{{\"mcpServers\": {{\"shop\": {{\"env\": {{\"SHOP_TOKEN\": \"{word}\"}}}}}}}}\n"),
        ),
        (
            ".cursor/mcp.json",
            format!("{{\"mcpServers\": {{\"shop\": {{\"headers\": {{\"X-Api-Key\": \"{word}\"}}}}}}}}\n"),
        ),
        (
            "claude_desktop_config.json",
            format!(
                "{{\"mcpServers\": {{\"shop\": {{\"args\": [\"shop-mcp\", \"--api-key\", \"{word}\"]}}}}}}\n"
            ),
        ),
        (
            ".vscode/mcp.json",
            format!("{{\"servers\": {{\"shop\": {{\"args\": [\"--access-token={word}\"]}}}}}}\n"),
        ),
        (
            "mcp_config.json",
            format!(
                "{{\"mcpServers\": {{\"shop\": {{\"env\": {{\"HEADERS\": \"{{\\\"Authorization\\\": \\\"Bearer {word}\\\"}}\"}}}}}}}}\n"
            ),
        ),
        (".codex/config.toml", format!("[mcp_servers.shop.env]\nSHOP_API_KEY = \"{word}\"\n")),
    ];
    let s = Sandbox::guarded();
    for (path, text) in &files {
        s.stage(path, text);
    }
    assert_eq!(s.commit().code, 1);
    let out = s.stanch(["scan", "--staged", "--format", "jsonl"]).stdout;
    for (path, _) in &files {
        let line = out.lines().find(|l| l.contains(&format!("\"{path}\"")));
        assert!(line.is_some_and(|l| l.contains("\"high\"")), "{path}: {line:?}");
    }
    assert!(!out.contains(&word), "{out}");
}

#[test]
fn a_word_that_anyone_would_guess_warns_in_a_file_of_logins() {
    let s = Sandbox::guarded();
    for (path, text) in [
        (".netrc", "machine imap.acme-corp.net login demo password pass123\n"),
        (".pgpass", "localhost:5432:shop:root:password\n"),
        ("sftp-config.json", "{\"password\": \"hunter22\"}\n"),
        (".esmtprc", "password \"password\"\n"),
        ("wp-config.php", "define( 'DB_PASSWORD', 'admin' );\n"),
        (".bashrc", "export MLAB_PASS='password123'\n"),
        (".env", "DB_PASSWORD=admin123\n"),
        ("tomcat-users.xml", "<user username=\"wensley\" password=\"wensley\"/>\n"),
    ] {
        s.stage(path, text);
    }
    s.commit().ok();
    let out = s.stanch(["scan", "--format", "jsonl", "."]).stdout;
    assert_eq!(out.lines().filter(|l| l.contains("\"medium\"")).count(), 8, "{out}");
}

#[test]
fn in_a_test_or_an_example_a_value_of_such_a_file_warns() {
    let s = Sandbox::guarded();
    let state = format!("{{\"attributes\": {{\"passwd\": \"{}\"}}}}\n", password(3));
    s.stage("tests/data/terraform.tfstate", &state);
    let run = s.commit().ok();
    assert!(run.stderr.contains("tests/data/terraform.tfstate:1:"), "{run:#?}");
    s.stage("latest/terraform.tfstate", &state);
    assert_eq!(s.commit().code, 1, "a folder's name that only holds the letters of test");
}

#[test]
fn a_value_in_a_credential_file_is_allowed_like_any_other() {
    let s = Sandbox::guarded();
    s.stage(
        ".env",
        format!("DB_PASSWORD={} # stanch:allow env-file -- for the local database\n", password(1)),
    );
    s.commit().ok();
}

#[test]
fn a_private_key_in_a_string_of_continued_lines_is_blocked() {
    let s = Sandbox::guarded();
    let key = secret("${seal:private-key:ec}", 3);
    let continued = [key.replace('\n', "\\\n"), key.replace('\n', "\\n\\\n")];
    for (i, text) in continued.iter().enumerate() {
        s.stage(&format!("spec{i}.lua"), format!("local key = \"{}\"\n", text.trim_end_matches("\\\n")));
    }
    let run = s.commit();
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stderr.contains("spec0.lua") && run.stderr.contains("spec1.lua"), "{run:#?}");
}

#[test]
fn a_pgp_key_that_says_what_made_it_is_blocked() {
    let s = Sandbox::guarded();
    let key = secret("${seal:private-key:pgp}", 4);
    let headed =
        key.replacen('\n', "\nVersion: GnuPG v2.0.22 (GNU/Linux)\nComment: for <a_b@c.example>\n\n", 1);
    s.stage("keys.py", format!("KEY = \"\"\"{headed}\"\"\"\n"));
    let run = s.commit();
    assert!(run.code == 1 && run.stderr.contains("keys.py:1"), "{run:#?}");
}
