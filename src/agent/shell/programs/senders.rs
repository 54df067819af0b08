//! Programs that send files, text or their input to another host.

use crate::agent::shell::flow::{Content, Field, Flow, Options};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;
use crate::agent::shell::{Act, Sent};

const CURL: &str = "d data data-raw data-binary data-urlencode data-ascii json F form form-string T upload-file H header \
     u user o output X request A user-agent b cookie c cookie-jar e referer url url-query x proxy K config E cert key cacert \
     m max-time connect-timeout retry retry-delay w write-out r range oauth2-bearer stderr trace trace-ascii unix-socket max-redirs limit-rate ciphers cert-type proxy-user dns-servers D dump-header hostpubsha256 tls-max Y y z C resolve connect-to interface netrc-file";
const WGET: &str = "O o a i e P U T t w Q header post-data post-file body-data body-file method output-document user password timeout tries";
const HTTPIE: &str = "a A o auth auth-type output verify timeout session raw";
const RSYNC: &str = "e f T M rsh exclude include filter exclude-from include-from files-from log-file partial-dir bwlimit port";
const SCP: &str = "c D F i J l o P S X";

/// Programs that upload the files of their operands.
const UPLOADERS: &[&str] = &[
    "pastebinit",
    "wgetpaste",
    "gist",
    "ix",
    "sprunge",
    "transfer",
    "croc",
    "wormhole",
    "ffsend",
    "termbin",
    "slackcat",
];
/// Programs that send their input to the host of the first operand.
const PIPES: &[&str] = &["nc", "ncat", "netcat", "telnet", "socat", "websocat", "wscat"];
/// Programs that send mail.
const MAIL: &[&str] = &["mail", "mailx", "mutt", "neomutt", "sendmail", "msmtp", "swaks", "s-nail"];
/// Programs whose operands become a question to a name server or host.
const NAMES: &[&str] = &["dig", "nslookup", "host", "ping", "drill", "kdig", "traceroute"];
/// Copies to a storage service: the words of the command, and what a remote operand begins with.
const STORAGE: &[(&str, &str)] = &[
    ("aws s3", "s3://"),
    ("s3cmd", "s3://"),
    ("s5cmd", "s3://"),
    ("gsutil", "gs://"),
    ("gcloud storage", "gs://"),
    ("azcopy", "https://"),
    ("rclone", ":"),
    ("mc", "/"),
    ("b2", "b2://"),
];

impl Machine<'_> {
    pub(super) fn sender(&mut self, call: &Call) -> Option<Flow> {
        match call.name.as_str() {
            "curl" => self.curl(call),
            "wget" => self.wget(call),
            "http" | "https" | "xh" | "xhs" => self.httpie(call),
            "Invoke-WebRequest" | "Invoke-RestMethod" | "iwr" | "irm" => self.invoke_web(call),
            "scp" | "rsync" => self.copy_to_host(call),
            "sftp" | "ftp" | "lftp" | "ssh-copy-id" => {
                let host = call.args.iter().rev().find(|a| !a.text.starts_with('-'))?;
                self.sends(Some(host_of(&host.text)), call.stdin.contents.clone());
                Some(Flow::default())
            }
            "gh" | "glab" | "hub" => self.forge(call),
            "aws" | "s3cmd" | "s5cmd" | "gsutil" | "gcloud" | "azcopy" | "rclone" | "mc" | "b2" => {
                self.storage(call)
            }
            "az" => {
                let options =
                    Options::of(&call.args, "f n c file name container-name account-name source destination");
                let words: Vec<&str> = options.operands.iter().map(|o| o.text.as_str()).collect();
                (words.starts_with(&["storage", "blob"])
                    && words.get(2).is_some_and(|w| w.starts_with("upload")))
                .then_some(())?;
                let files: Vec<Field> = options.all("f file source").cloned().collect();
                let contents = self.all(&files, call);
                self.sends(Some("Azure storage".to_owned()), contents);
                Some(Flow::default())
            }
            name if PIPES.contains(&name) => {
                let options = Options::of(&call.args, "p w s q i x X c e o");
                let host = options.operands.iter().find(|o| {
                    o.text != "-" && !o.text.starts_with("STDIO") && !o.text.starts_with("FILE:")
                })?;
                let host = host.text.rsplit("://").next().unwrap_or(&host.text);
                let host =
                    host.trim_start_matches("TCP:").trim_start_matches("tcp:").trim_start_matches("OPENSSL:");
                self.sends(Some(host_of(host)), call.stdin.contents.clone());
                Some(Flow::default())
            }
            name if MAIL.contains(&name) => {
                let options =
                    Options::of(&call.args, "a A s r c b attach to from server body header subject");
                let files: Vec<Field> = options.all("a A attach").cloned().collect();
                let mut contents = call.stdin.contents.clone();
                contents.extend(self.all(&files, call));
                contents.extend(Machine::carried(&call.args));
                self.sends(Some("mail".to_owned()), contents);
                Some(Flow::default())
            }
            name if NAMES.contains(&name) => {
                let contents = Machine::carried(&call.args);
                self.sends(Some("a name server".to_owned()), contents);
                Some(Flow::default())
            }
            name if UPLOADERS.contains(&name) => {
                let files = Options::of(&call.args, "f t d n").operands;
                let files: Vec<Field> =
                    files.into_iter().filter(|f| !matches!(f.text.as_str(), "send" | "upload")).collect();
                let mut contents = self.all(&files, call);
                contents.extend(call.stdin.contents.iter().cloned());
                self.sends(Some(name.to_owned()), contents);
                Some(Flow::default())
            }
            _ => None,
        }
    }

    /// The contents of files.
    fn all(&mut self, files: &[Field], call: &Call) -> Vec<Content> {
        let mut out = Vec::new();
        for file in files {
            out.extend(self.file_or_folder(file, &call.stdin));
        }
        out
    }

    /// `@FILE` is the file, anything else itself.
    fn at_file(&mut self, value: &Field, call: &Call, mark: &[char]) -> Vec<Content> {
        let carries = value.carries.clone();
        match value.text.strip_prefix(mark) {
            Some(file) => {
                let file = Field { text: file.to_owned(), ..value.clone() };
                self.read(&file, &call.stdin).contents
            }
            None => carries,
        }
    }

    /// Reports the variables that authorise a request.
    fn credentials(&mut self, host: Option<&str>, contents: Vec<Content>) {
        let (names, rest): (Vec<Content>, Vec<Content>) =
            contents.into_iter().partition(|c| matches!(c, Content::Variable(_)));
        let what: Vec<Sent> = names
            .into_iter()
            .filter_map(|c| match c {
                Content::Variable(name) => Some(Sent::Credential(name)),
                _ => None,
            })
            .collect();
        if !what.is_empty() {
            self.act(Act::Sends { host: host.map(str::to_owned), what });
        }
        // A file's content in a header is sent like any other.
        self.sends(host.map(str::to_owned), rest);
    }

    fn curl(&mut self, call: &Call) -> Option<Flow> {
        let options = Options::of(&call.args, CURL);
        let urls: Vec<Field> = options.operands.iter().chain(options.all("url")).cloned().collect();
        // A local file, through curl.
        let local: Vec<Field> = urls
            .iter()
            .filter_map(|u| Some(Field { text: u.text.strip_prefix("file://")?.to_owned(), ..u.clone() }))
            .collect();
        let host = urls.iter().find_map(|u| host_of_url(&u.text));
        let mut contents = Machine::carried(&urls);
        for value in options.all("d data data-binary data-ascii json").cloned().collect::<Vec<_>>() {
            contents.extend(self.at_file(&value, call, &['@']));
        }
        for value in
            options.all("data-raw form-string url-query A user-agent e referer").cloned().collect::<Vec<_>>()
        {
            contents.extend(value.carries);
        }
        for value in options.all("data-urlencode").cloned().collect::<Vec<_>>() {
            contents.extend(value.carries.clone());
            if let Some((_, file)) = value.text.split_once('@').filter(|(name, _)| !name.contains('=')) {
                contents.extend(self.read(&Field::known(file), &call.stdin).contents);
            }
        }
        for value in options.all("F form").cloned().collect::<Vec<_>>() {
            let text = value.text.split_once('=').map_or("", |(_, text)| text);
            let text = text.split(';').next().unwrap_or(text).to_owned();
            contents.extend(self.at_file(&Field { text, ..value }, call, &['@', '<']));
        }
        for value in options.all("T upload-file b cookie").cloned().collect::<Vec<_>>() {
            if value.text.contains('=') {
                contents.extend(value.carries);
            } else {
                contents.extend(self.read(&value, &call.stdin).contents);
            }
        }
        for value in options.all("H header").cloned().collect::<Vec<_>>() {
            if value.text.starts_with('@') {
                contents.extend(self.at_file(&value, call, &['@']));
            } else {
                self.credentials(host.as_deref(), value.carries);
            }
        }
        let login = options.all("u user oauth2-bearer").flat_map(|v| v.carries.clone()).collect();
        self.credentials(host.as_deref(), login);
        self.sends(host, contents);
        let mut out = Flow::default();
        for file in local {
            out.add(self.read(&file, &call.stdin).contents);
        }
        if let Some(file) = options.value("o output").cloned() {
            self.printed_into(&file, out);
            return Some(Flow::default());
        }
        Some(out)
    }

    fn wget(&mut self, call: &Call) -> Option<Flow> {
        let options = Options::of(&call.args, WGET);
        let host = options.operands.iter().find_map(|u| host_of_url(&u.text));
        let mut contents = Machine::carried(&options.operands);
        let files: Vec<Field> = options.all("post-file body-file").cloned().collect();
        contents.extend(self.all(&files, call));
        contents.extend(options.all("post-data body-data").flat_map(|v| v.carries.clone()));
        let login = options.all("header password user").flat_map(|v| v.carries.clone()).collect();
        self.credentials(host.as_deref(), login);
        self.sends(host, contents);
        if let Some(file) = options.value("O output-document").filter(|f| f.text != "-").cloned() {
            self.printed_into(&file, Flow::default());
        }
        Some(Flow::default())
    }

    fn httpie(&mut self, call: &Call) -> Option<Flow> {
        let options = Options::of(&call.args, HTTPIE);
        let method = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase());
        let mut operands = options.operands.iter().filter(|o| !method(&o.text));
        let url = operands.next()?;
        let host = host_of_url(&url.text);
        let mut contents = call.stdin.contents.clone();
        contents.extend(url.carries.clone());
        for item in operands.cloned().collect::<Vec<_>>() {
            let file = item.text.split_once('@').filter(|(name, _)| !name.contains(['=', ':']));
            match file {
                Some((_, file)) => contents.extend(self.read(&Field::known(file), &call.stdin).contents),
                None if item
                    .text
                    .split('=')
                    .next()
                    .is_some_and(|name| name.contains(':') && !name.ends_with(':')) =>
                {
                    self.credentials(host.as_deref(), item.carries);
                }
                None => contents.extend(item.carries),
            }
        }
        let login = options.all("a A auth").flat_map(|v| v.carries.clone()).collect();
        self.credentials(host.as_deref(), login);
        self.sends(host, contents);
        Some(Flow::default())
    }

    fn invoke_web(&mut self, call: &Call) -> Option<Flow> {
        let args: Vec<Field> = call
            .args
            .iter()
            .map(|a| {
                if a.text.starts_with('-') {
                    Field { text: a.text.to_ascii_lowercase(), ..a.clone() }
                } else {
                    a.clone()
                }
            })
            .collect();
        let options = Options::of(&args, "uri body infile headers method outfile contenttype form");
        let host = options.operands.iter().chain(options.all("uri")).find_map(|u| host_of_url(&u.text));
        let files: Vec<Field> = options.all("infile").cloned().collect();
        let mut contents = self.all(&files, call);
        contents.extend(call.stdin.contents.iter().cloned());
        contents.extend(options.all("body form uri").flat_map(|v| v.carries.clone()));
        contents.extend(Machine::carried(&options.operands));
        let login = options.all("headers").flat_map(|v| v.carries.clone()).collect();
        self.credentials(host.as_deref(), login);
        self.sends(host, contents);
        Some(Flow::default())
    }

    fn copy_to_host(&mut self, call: &Call) -> Option<Flow> {
        let options = Options::of(&call.args, if call.name == "scp" { SCP } else { RSYNC });
        let (target, sources) = options.operands.split_last()?;
        let remote = |text: &str| {
            text.starts_with("rsync://")
                || text.split_once(':').is_some_and(|(host, _)| !host.contains('/') && host.len() > 1)
        };
        if remote(&target.text) {
            let contents = self.all(sources, call);
            self.sends(Some(host_of(&target.text)), contents);
        } else if !sources.iter().any(|s| remote(&s.text)) {
            self.copy(sources, target);
        }
        Some(Flow::default())
    }

    fn storage(&mut self, call: &Call) -> Option<Flow> {
        let options =
            Options::of(&call.args, "profile region project endpoint-url acl content-type exclude include");
        let (_, scheme) = STORAGE.iter().find(|(words, _)| {
            let mut words = words.split(' ');
            words.next() == Some(call.name.as_str())
                && words.all(|w| options.operands.first().is_some_and(|o| o.text == w))
        })?;
        let is_remote = |text: &str| match *scheme {
            "/" => !text.starts_with(['/', '.']) && text.contains('/'),
            scheme => text.contains(scheme),
        };
        let (target, rest) = options.operands.split_last()?;
        if !is_remote(&target.text) {
            return Some(Flow::default());
        }
        let verbs = [
            "s3",
            "storage",
            "cp",
            "copy",
            "copyto",
            "mv",
            "move",
            "sync",
            "put",
            "rsync",
            "upload",
            "file",
            "upload-file",
        ];
        let sources: Vec<Field> = rest
            .iter()
            .filter(|o| !verbs.contains(&o.text.as_str()) && !is_remote(&o.text))
            .cloned()
            .collect();
        let contents = self.all(&sources, call);
        self.sends(Some(target.text.clone()), contents);
        Some(Flow::default())
    }

    /// gh, glab, hub: what becomes an issue, a gist, a release.
    fn forge(&mut self, call: &Call) -> Option<Flow> {
        let options = Options::of(
            &call.args,
            "F f b t d m R r H B l a body body-file title desc description notes notes-file repo head base label assignee \
             input field raw-field method X jq q template hostname filename file message content json L limit S search s state",
        );
        let words: Vec<&str> = options.operands.iter().map(|o| o.text.as_str()).take(2).collect();
        let mut contents = Vec::new();
        match words[..] {
            ["gist" | "snippet", "create" | "new" | "edit"] | ["release", "create" | "upload"] => {
                let skipped = if words[0] == "release" { 3 } else { 2 };
                let files = options.operands.get(skipped..).unwrap_or_default().to_vec();
                if files.is_empty() && words[0] != "release" {
                    contents.extend(call.stdin.contents.iter().cloned());
                }
                contents.extend(self.all(&files, call));
            }
            ["api", ..] => {
                let files: Vec<Field> = options.all("input").cloned().collect();
                contents.extend(self.all(&files, call));
                for field in options.all("F field f raw-field").cloned().collect::<Vec<_>>() {
                    contents.extend(field.carries.clone());
                    if let Some((_, file)) = field.text.split_once("=@") {
                        contents.extend(self.read(&Field::known(file), &call.stdin).contents);
                    }
                }
            }
            // Where a secret belongs.
            ["secret" | "variable", ..] | ["auth", ..] => return Some(Flow::default()),
            ["issue" | "pr" | "mr" | "release" | "discussion" | "incident", ..] => {
                let files: Vec<Field> = options.all("F body-file notes-file").cloned().collect();
                contents.extend(self.all(&files, call));
                contents.extend(
                    options
                        .all("b body t title d desc description m message n notes")
                        .flat_map(|v| v.carries.clone()),
                );
            }
            _ => return Some(Flow::default()),
        }
        let host = if call.name == "glab" { "gitlab.com" } else { "github.com" };
        self.sends(Some(host.to_owned()), contents);
        Some(Flow::default())
    }
}

/// The host of `[USER@]HOST[:PATH]`.
fn host_of(target: &str) -> String {
    let target = target.strip_prefix("rsync://").unwrap_or(target);
    let target = target.rsplit('@').next().unwrap_or(target);
    target.split([':', '/']).next().unwrap_or(target).to_owned()
}

fn host_of_url(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    if url.starts_with("file:") {
        return None;
    }
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit('@').next()?;
    // httpie writes `:8000/path` for this machine.
    if host.starts_with(':') {
        return Some("localhost".to_owned());
    }
    let host = if host.starts_with('[') {
        host.split(']').next()?.trim_start_matches('[')
    } else {
        host.split(':').next()?
    };
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}
