//! Programs that send files, text or their input to another host; `web.rs` has those that make requests.

use crate::agent::shell::flow::{Content, Field, Flow, Options};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;

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
                let words = options.words();
                (words.starts_with(&["storage", "blob"])
                    && words.get(2).is_some_and(|w| w.starts_with("upload")))
                .then_some(())?;
                let contents = self.all(options.all("f file source"), call);
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
                let mut contents = call.stdin.contents.clone();
                contents.extend(self.all(options.all("a A attach"), call));
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
                let options = Options::of(&call.args, "f t d n");
                let files = options.operands.iter().filter(|f| !matches!(f.text.as_str(), "send" | "upload"));
                let mut contents = self.all(files, call);
                contents.extend(call.stdin.contents.iter().cloned());
                self.sends(Some(name.to_owned()), contents);
                Some(Flow::default())
            }
            _ => None,
        }
    }

    /// The contents of files.
    pub(super) fn all<'a>(
        &mut self,
        files: impl IntoIterator<Item = &'a Field>,
        call: &Call,
    ) -> Vec<Content> {
        files.into_iter().flat_map(|file| self.file_or_folder(file, &call.stdin)).collect()
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
        let sources = rest.iter().filter(|o| !verbs.contains(&o.text.as_str()) && !is_remote(&o.text));
        let contents = self.all(sources, call);
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
        let words = options.words();
        let mut contents = Vec::new();
        match words[..] {
            ["gist" | "snippet", "create" | "new" | "edit", ..] | ["release", "create" | "upload", ..] => {
                let skipped = if words[0] == "release" { 3 } else { 2 };
                let files = options.operands.get(skipped..).unwrap_or_default();
                if files.is_empty() && words[0] != "release" {
                    contents.extend(call.stdin.contents.iter().cloned());
                }
                contents.extend(self.all(files, call));
            }
            ["api", ..] => {
                contents.extend(self.all(options.all("input"), call));
                for field in options.all("F field f raw-field") {
                    contents.extend(field.carries.iter().cloned());
                    if let Some((_, file)) = field.text.split_once("=@") {
                        contents.extend(self.read(&Field::known(file), &call.stdin).contents);
                    }
                }
            }
            // Where a secret belongs.
            ["secret" | "variable", ..] | ["auth", ..] => return Some(Flow::default()),
            ["issue" | "pr" | "mr" | "release" | "discussion" | "incident", ..] => {
                contents.extend(self.all(options.all("F body-file notes-file"), call));
                let texts = options.all("b body t title d desc description m message n notes");
                contents.extend(Machine::carried(texts));
            }
            _ => return Some(Flow::default()),
        }
        let host = if call.name == "glab" { "gitlab.com" } else { "github.com" };
        self.sends(Some(host.to_owned()), contents);
        Some(Flow::default())
    }
}

/// The host of `[USER@]HOST[:PATH]`.
pub(super) fn host_of(target: &str) -> String {
    let target = target.strip_prefix("rsync://").unwrap_or(target);
    let target = target.rsplit('@').next().unwrap_or(target);
    target.split([':', '/']).next().unwrap_or(target).to_owned()
}
