//! Programs that print secrets which they, or a service, keep.

use crate::agent::shell::Part;
use crate::agent::shell::flow::{Content, Field, Flow, Options};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;
use crate::finding::plain_path;

/// Commands that print a secret: operands in this order, `|` between alternatives; a word with a dash is an option
/// that has to be there, as it is or with more behind it.
const STORES: &[&str] = &[
    "ansible-vault view",
    "argocd account generate-token",
    "aws configure get|export-credentials",
    "aws ecr get-login-password|get-authorization-token",
    "aws secretsmanager get-secret-value|batch-get-secret-value",
    "aws ssm get-parameter|get-parameters|get-parameters-by-path --with-decryption",
    "aws sts get-session-token|assume-role|get-federation-token",
    "aws iam create-access-key",
    "az account get-access-token",
    "az acr login --expose-token",
    "az acr credential show",
    "az cosmosdb keys list",
    "az keyvault secret show|download",
    "az redis list-keys",
    "az servicebus|eventhubs namespace authorization-rule keys list",
    "az storage account keys list",
    "az storage account show-connection-string",
    "az webapp|functionapp config appsettings|connection-string list",
    "az functionapp keys list",
    "bw get|list|export",
    "bws secret get|list",
    "chamber read|export|env",
    "consul kv get -recurse",
    "docker compose|context config|export",
    "docker inspect",
    "docker container inspect",
    "docker-compose config",
    "doppler secrets",
    "dotnet user-secrets list",
    "envchain",
    "firebase functions:config:get",
    "fly auth token",
    "flyctl auth token",
    "gcloud auth print-access-token|print-identity-token",
    "gcloud auth application-default print-access-token",
    "gcloud secrets versions access",
    "gh auth token",
    "gh auth status -t|--show-token",
    "git credential fill",
    "git credential-store|credential-osxkeychain|credential-manager get",
    "glab auth status -t|--show-token",
    "gopass show",
    "gopass cat",
    "gpg -d|--decrypt|--export-secret-keys",
    "gpg2 -d|--decrypt|--export-secret-keys",
    "helm get values|all|manifest",
    "heroku config",
    "heroku config:get",
    "heroku auth:token",
    "infisical secrets|export",
    "keyring get",
    "kubectl config view --raw",
    "kubectl create token",
    "launchctl getenv",
    "lpass show",
    "netlify env:get",
    "netlify env:list --plain|--json",
    "npm token create",
    "oc whoami -t|--show-token",
    "op read|inject",
    "op item|document get",
    "pass show",
    "pm2 env",
    "podman inspect",
    "poetry config --list",
    "pulumi config|stack --show-secrets",
    "rails credentials:show",
    "railway variables",
    "secret-tool lookup|search",
    "security find-generic-password|find-internet-password -w|-g",
    "security dump-keychain",
    "sops -d|--decrypt",
    "sops decrypt",
    "stripe config --list",
    "supabase projects api-keys",
    "systemctl show-environment",
    "terraform output -json|-raw|--json|--raw",
    "terraform show -json|--json",
    "terraform state pull|show",
    "tofu output -json|-raw",
    "tofu state pull|show",
    "vault kv get",
    "vault print token",
    "vault read",
    "vault token create",
    "vercel env run",
    "yarn config get",
    "npm config get",
];

/// Files that a program's secrets are in, by an operand.
const CONFIG_KEYS: &[&str] = &["_authtoken", "_password", "_auth", "npmauthtoken"];

impl Machine<'_> {
    pub(super) fn store(&mut self, call: &Call) -> Option<Flow> {
        let operands = Options::of(&call.args, "").operands;
        match call.name.as_str() {
            "kubectl" | "oc" | "k" => {
                if let Some(flow) = self.kubectl(call) {
                    return Some(flow);
                }
            }
            "git" => {
                if let Some(flow) = self.git_reads(call) {
                    return Some(flow);
                }
            }
            "ps" if call
                .args
                .iter()
                .any(|a| a.text.trim_start_matches('-').contains('e') && a.text.contains("ww")) =>
            {
                return Some(Flow::of(vec![Content::Environment]));
            }
            // `pass NAME` prints it.
            "pass"
                if operands.len() == 1
                    && !matches!(operands[0].text.as_str(), "ls" | "list" | "git" | "init" | "help") =>
            {
                return Some(stored("pass"));
            }
            _ => {}
        }
        // Options that leave only names, or print nothing.
        let quiet = call.args.iter().any(|a| {
            matches!(
                a.text.as_str(),
                "-q" | "--quiet"
                    | "--services"
                    | "--images"
                    | "--volumes"
                    | "--profiles"
                    | "--hash"
                    | "--help"
                    | "-h"
                    | "--only-names"
                    | "--keys"
            )
        });
        let found = STORES.iter().find(|row| matches_row(row, call))?;
        if quiet {
            return Some(Flow::default());
        }
        let name = found.split(' ').take_while(|w| !w.starts_with('-')).collect::<Vec<_>>();
        let what = match name[..] {
            ["npm" | "yarn", "config", "get"] => {
                let key = operands.last().map_or("", |o| o.text.as_str()).to_ascii_lowercase();
                if !CONFIG_KEYS.iter().any(|k| key.ends_with(k)) {
                    return Some(Flow::default());
                }
                "npm config get".to_owned()
            }
            ["aws", "configure", _] => {
                let key = operands.last().map_or("", |o| o.text.as_str());
                if ["region", "output", "role_arn", "sso_start_url", "aws_access_key_id"].contains(&key) {
                    return Some(Flow::default());
                }
                "aws configure".to_owned()
            }
            ["docker", "inspect"] | ["docker", "container", "inspect"] | ["podman", "inspect"] => {
                // A template that names other fields prints no environment.
                let format = Options::of(&call.args, "f format type").value("f format").cloned();
                if format.is_some_and(|f| {
                    !f.text.contains("Env")
                        && f.text != "json"
                        && !f.text.contains("{{json .}}")
                        && !f.text.contains("{{.Config}}")
                        && !f.text.contains("{{json .Config}}")
                }) {
                    return Some(Flow::default());
                }
                name.join(" ")
            }
            ["doppler", "secrets"]
                if operands.iter().any(|o| matches!(o.text.as_str(), "set" | "upload" | "delete")) =>
            {
                return Some(Flow::default());
            }
            ["infisical", ..]
                if operands.iter().any(|o| matches!(o.text.as_str(), "set" | "delete" | "folders")) =>
            {
                return Some(Flow::default());
            }
            ["terraform" | "tofu", "state", _] if operands.iter().any(|o| o.text == "list") => {
                return Some(Flow::default());
            }
            _ => found_name(call, &name),
        };
        let flow = stored(&what);
        // `aws ... > FILE` and `-o FILE` are redirections of their own.
        let output = Options::of(&call.args, "out-file o output-file").value("out-file").cloned();
        if let Some(file) = output {
            self.printed_into(&file, flow);
            return Some(Flow::default());
        }
        Some(flow)
    }

    fn kubectl(&mut self, call: &Call) -> Option<Flow> {
        let options = Options::of(
            &call.args,
            "n c o l f namespace context kubeconfig output selector cluster user template",
        );
        let mut words = options.operands.iter().map(|o| o.text.as_str());
        if words.next() != Some("get") {
            return None;
        }
        let kinds = words.next().unwrap_or_default();
        let secret = kinds.split(',').any(|kind| {
            let kind = kind.split('/').next().unwrap_or_default().to_ascii_lowercase();
            matches!(kind.as_str(), "secret" | "secrets" | "secrets.v1" | "sealedsecret-key")
        });
        let output = options.value("o output").map_or("", |f| f.text.as_str());
        let values = ["yaml", "json", "jsonpath", "go-template", "template", "custom-columns"];
        let template = options.value("template").is_some();
        let prints = secret && (template || values.iter().any(|v| output.starts_with(v)));
        let names = output.contains(".metadata.") && !output.contains(".data");
        Some(if prints && !names { stored("kubectl get secret") } else { Flow::default() })
    }

    /// What git prints of a file: `git show REV:PATH` and the like.
    fn git_reads(&mut self, call: &Call) -> Option<Flow> {
        let (args, folder) = git_command(&call.args);
        let (command, rest) = args.split_first()?;
        let base = match folder {
            Some(folder) => self.path(&folder),
            None => self.dir.clone(),
        };
        let mut flow = Flow::default();
        match command.text.as_str() {
            "show" | "cat-file" => {
                for operand in rest.iter().filter(|a| !a.text.starts_with('-')) {
                    if let Some((revision, path)) = operand.text.split_once(':') {
                        let top = top_of(&base).unwrap_or_else(|| base.clone());
                        // A path is counted from the top of the work tree, unless it begins with a dot.
                        let from =
                            if path.starts_with("./") || path.starts_with("../") { &base } else { &top };
                        let path = plain_path(&from.join(path));
                        flow.add([Content::File(path, Part::Whole, Some(revision.to_owned()))]);
                    }
                }
                Some(flow)
            }
            "diff" if rest.iter().any(|a| a.text == "--no-index") => {
                let files: Vec<Field> = rest.iter().filter(|a| !a.text.starts_with('-')).cloned().collect();
                for file in &files {
                    let read = self.read(file, &call.stdin);
                    flow.add(read.contents);
                }
                Some(flow)
            }
            "blame" | "annotate" => {
                let file = rest.iter().rev().find(|a| !a.text.starts_with('-'))?;
                Some(self.read(&file.clone(), &call.stdin))
            }
            "grep" => {
                let files: Vec<Field> =
                    rest.iter().filter(|a| self.path(&a.text).is_file()).cloned().collect();
                let args: Vec<Field> =
                    rest.iter().filter(|a| !files.iter().any(|f| f.text == a.text)).cloned().collect();
                let pattern = args.iter().find(|a| !a.text.starts_with('-'))?.clone();
                if files.is_empty() {
                    return Some(Flow::default());
                }
                let words = [vec![pattern], files].concat();
                let flags = args.into_iter().filter(|a| a.text.starts_with('-'));
                let call = Call {
                    name: "grep".to_owned(),
                    args: flags.chain(words).collect(),
                    stdin: Flow::default(),
                };
                Some(self.program(&call))
            }
            "ls-files" => {
                let paths =
                    rest.iter().filter(|a| !a.text.starts_with('-') && a.known).map(|a| self.path(&a.text));
                Some(Flow { names: paths.filter(|p| p.is_file()).collect(), ..Flow::default() })
            }
            "rev-parse" if rest.iter().any(|a| a.text == "--show-toplevel") => {
                Some(Flow::text(format!("{}\n", top_of(&base)?.display())))
            }
            _ => None,
        }
    }
}

/// The words of a git command without the options before it, and the folder of `-C`.
pub(in crate::agent::shell) fn git_command(args: &[Field]) -> (Vec<Field>, Option<String>) {
    let (mut at, mut folder) = (0, None);
    while let Some(arg) = args.get(at) {
        match arg.text.as_str() {
            "-C" => {
                // Each counts from the one before it.
                if let Some(next) = args.get(at + 1) {
                    let before = folder.take().filter(|_| !next.text.starts_with('/'));
                    folder = Some(
                        before.map_or_else(|| next.text.clone(), |b: String| format!("{b}/{}", next.text)),
                    );
                }
                at += 2;
            }
            "-c" | "--git-dir" | "--work-tree" | "--namespace" | "--config-env" | "--exec-path"
            | "--attr-source" => at += 2,
            option if option.starts_with('-') => at += 1,
            _ => break,
        }
    }
    (args.get(at..).unwrap_or_default().to_vec(), folder)
}

/// The top of the work tree that a folder is in.
pub(in crate::agent::shell) fn top_of(folder: &std::path::Path) -> Option<std::path::PathBuf> {
    folder.ancestors().find(|dir| dir.join(".git").exists()).map(ToOwned::to_owned)
}

fn stored(what: &str) -> Flow {
    Flow::of(vec![Content::Stored(what.to_owned())])
}

fn found_name(call: &Call, row: &[&str]) -> String {
    let used = row.iter().map(|word| {
        let mut choices = word.split('|');
        let used = choices.clone().find(|c| call.args.iter().any(|a| a.text == *c));
        used.or_else(|| choices.next()).unwrap_or(word)
    });
    used.collect::<Vec<_>>().join(" ")
}

/// True if the operands have the row's words in their order, with at most values of options in between.
fn matches_row(row: &str, call: &Call) -> bool {
    let Some(words) = row.strip_prefix(call.name.as_str()) else { return false };
    let mut at = 0;
    match words.strip_prefix(' ') {
        Some(words) => words.split(' ').all(|word| has_word(word, call, &mut at)),
        None => words.is_empty(),
    }
}

/// True if the arguments have a word of a row, from the argument at `at` on if it is not an option.
fn has_word(word: &str, call: &Call, at: &mut usize) -> bool {
    let mut choices = word.split('|');
    if word.starts_with('-') {
        return choices.any(|c| {
            call.args
                .iter()
                .any(|a| a.text.strip_prefix(c).is_some_and(|rest| rest.is_empty() || rest.starts_with('=')))
        });
    }
    while let Some(arg) = call.args.get(*at) {
        *at += 1;
        if choices.clone().any(|c| c == arg.text) {
            return true;
        }
        let after_option = *at >= 2 && call.args[*at - 2].text.starts_with('-');
        if !arg.text.starts_with('-') && !after_option {
            return false;
        }
    }
    false
}
