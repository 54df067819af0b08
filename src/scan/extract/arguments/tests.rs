use super::secrets;
use proptest::prelude::*;

fn found(text: &str, word: &str) -> Vec<String> {
    let at = text.find(word).unwrap();
    secrets(text.as_bytes(), [at]).into_iter().map(|a| text[a.value].to_owned()).collect()
}

#[test]
fn a_password_is_taken_where_the_program_takes_it() {
    for (text, word, value) in [
        ("mysql -u root -pv1 shop", "mysql", "v1"),
        ("mysql -u root -p'v 1' shop", "mysql", "v 1"),
        ("mysql -u root -p\\\"v1\\\" shop", "mysql", "v1"),
        (r#"["mysql", "-u", "root", "-pv1"]"#, "mysql", "v1"),
        (r#"["sshpass", "-p", "v1", "ssh"]"#, "sshpass", "v1"),
        (r#"sh "sshpass -p v1""#, "sshpass", "v1"),
        (r#"sh "sshpass -p 'v1' ssh host""#, "sshpass", "v1"),
        ("sshpass -p=v1 ssh", "sshpass", "v1"),
        ("docker login -u me \\\n  -p v1 host", "login", "v1"),
        ("docker login -u me `\r\n  -p v1 host", "login", "v1"),
        ("docker login -u me ^\n  -p v1 host", "login", "v1"),
        ("mongo -p=\"v1\"", "mongo", "v1"),
        ("smbclient -U me%v1 //host", "smbclient", "v1"),
        ("openssl rsa -passin pass:v1 -in a", "openssl", "v1"),
        ("openssl rsa -passin 'pass:v1' -in a", "openssl", "v1"),
        ("htpasswd -bc file me v1", "htpasswd", "v1"),
        ("net use X: \\\\h\\s v1 /user:me", "net", "v1"),
        ("net user me v1 /add", "net", "v1"),
        ("lftp -u me,v1 sftp://host", "lftp", "v1"),
        ("echo 'me:v1' | chpasswd", "chpasswd", "v1"),
        ("echo -n v1 | docker login --password-stdin", "password-stdin", "v1"),
        ("new PDO('mysql:host=a;b', \"me\", 'v1')", "PDO(", "v1"),
        ("get(url, auth=('me', 'v1'))", "auth=(", "v1"),
        ("jwt.sign({ a: f(1, 2) }, 'v1', { c: 1 })", "jwt.sign(", "v1"),
        ("smtp.PlainAuth(\"\", \"me\", \"v1\", host)", "PlainAuth(", "v1"),
        ("request.basic_auth 'me', 'v1'", "basic_auth ", "v1"),
        ("curl -k https://host \\\n  -u me:v1", "curl", "v1"),
        ("curl --user me:'v1' -X PATCH https://host", "curl", "v1"),
        ("curl -u \":v1\" https://host", "curl", "v1"),
        ("curl -ume:v1 https://host", "curl", "v1"),
        ("curl --proxy-user=me:v1 https://host", "curl", "v1"),
        ("curl -u a1b2c3d4e5f6a7b8c9: https://host", "curl", "a1b2c3d4e5f6a7b8c9"),
        ("psexec \\\\10.1.2.3 -u admin -p v1 cmd", "psexec", "v1"),
        ("plink me@host -pw v1 ls", "plink", "v1"),
        ("vault operator unseal v1", "vault", "v1"),
        ("sqlplus -s me/v1@//host:1521/x @run.sql", "sqlplus", "v1"),
        ("sqlldr userid=me/v1 control=a.ctl", "sqlldr", "v1"),
        ("db2 connect to x user me using v1", "db2", "v1"),
        ("gh secret set X --body v1", "gh", "v1"),
        ("aws ssm put-parameter --type SecureString --value v1", "aws", "v1"),
        ("composer config http-basic.host me v1", "composer", "v1"),
        ("wpa_passphrase net v1", "wpa_passphrase", "v1"),
        ("http -a me:v1 https://host", "http", "v1"),
        ("mc alias set m https://host me v1", "mc", "v1"),
        ("security import a.p12 -k b.keychain -P v1", "security", "v1"),
        ("echo v1 | gpg --passphrase-fd 0 -d a", "passphrase-fd", "v1"),
        ("new GitCredential(\"me\", \"v1\")", "Credential(", "v1"),
        ("new DirectoryEntry(\"LDAP://dc\", \"me\", \"v1\")", "DirectoryEntry(", "v1"),
        ("alter user sys identified by v1 container=all;", "identified by", "v1"),
        ("\"CREATE USER app IDENTIFIED BY v1\"", "IDENTIFIED BY", "v1"),
        ("CREATE ROLE app WITH LOGIN PASSWORD v1;", "LOGIN PASSWORD", "v1"),
        ("\\set DB_PASS v1\n", "\\set", "v1"),
        ("ROTP::TOTP.new('abcdefghijklmnop')", "TOTP.new(", "abcdefghijklmnop"),
        ("authenticator.check(token, 'ABCDEFGH23456723')", "authenticator.check(", "ABCDEFGH23456723"),
    ] {
        assert_eq!(found(text, word), [value], "{text}");
    }
}

#[test]
fn what_is_no_password_is_not_taken() {
    for (text, word) in [
        ("mysql -u root -p shop", "mysql"),
        ("mysql -u root | less -pv1", "mysql"),
        ("login -p v1", "login"),
        ("mymysql -pv1", "mysql"),
        ("mysql-client -pv1", "mysql"),
        ("htpasswd -c file me", "htpasswd"),
        ("net use X: \\\\h\\s", "net"),
        ("net use X: \\\\h\\s * /user:me", "net"),
        ("sshpass -p -v", "sshpass"),
        ("sqlplus / as sysdba", "sqlplus"),
        ("sqlplus -s /nolog @report.sql", "sqlplus"),
        ("sqlplus me@host @sql/report.sql", "sqlplus"),
        ("aws ssm put-parameter --type String --value v1", "aws"),
        ("gh pr create --body v1", "gh"),
        ("ssh-keygen -t ed25519 -f v1", "ssh-keygen"),
        ("composer config repositories.a composer https://host/v1", "composer"),
        ("echo v1; sudo chpasswd", "chpasswd"),
        ("new PDO($dsn, $user, $v1)", "PDO("),
        ("new PDO('v1')", "PDO("),
        ("curl -u me https://host", "curl"),
        ("curl -u me: https://host", "curl"),
        ("curl -X POST https://host", "curl"),
        ("is identified by the name", "identified by"),
        ("IDENTIFIED BY VALUES 'v1'", "IDENTIFIED BY"),
        ("identified by 'v1'", "identified by"),
        ("\\set limit 10\n", "\\set"),
        ("totp.generate('not a seed')", "totp.generate("),
        ("authenticator.check(token, seed)", "authenticator.check("),
    ] {
        assert!(found(text, word).is_empty(), "{text}: {:?}", found(text, word));
    }
}

#[test]
fn a_string_may_go_on_past_what_is_looked_at() {
    for length in (0..20).chain(370..430).chain(560..640) {
        let long = "x".repeat(length);
        let call = found(&format!("new PDO('{long}', \"me\", 'v1')"), "PDO(");
        assert!(call.is_empty() || call == ["v1"], "{length}: {call:?}");
        assert!(length >= 370 || !call.is_empty(), "{length}");
        for text in [format!("mysql -u {long} -p=\\\"v1\\\""), format!("mysql -u {long} \\\"v1\\\"")] {
            let values = found(&text, "mysql");
            assert!(values.iter().all(|v| text.contains(v.as_str())), "{length}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn any_bytes_are_safe_and_values_lie_in_the_text(
        head in prop::sample::select(vec!["mysql", "7z", "login ", "docker login", "net use", "openssl", "htpasswd -b", "PDO(", "auth=(", "echo |chpasswd", "smbclient -U"]),
        tail in prop::collection::vec(prop::sample::select(b"-pPUb%a ,'\"\\\n|:=()`/&;\xff".to_vec()), 0..60),
    ) {
        let text = [head.as_bytes(), &tail].concat();
        for at in 0..text.len() {
            for a in secrets(&text, [at]) {
                prop_assert!(a.value.start < a.value.end && a.value.end <= text.len());
                prop_assert!(a.name.end <= text.len());
            }
        }
    }
}
