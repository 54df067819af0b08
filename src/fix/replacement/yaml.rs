//! YAML has no variables of its own, but most programs that read it have, each in its own syntax.

use super::variable::{SET_AT_GITHUB, name_at_github};
use crate::finding::Replacement;

/// The program that reads a YAML file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fix) enum Reader {
    Rails,
    Spring,
    Workflow,
    Action,
    GitLab,
    Compose,
    Ansible,
    Kubernetes,
    Helm,
    Unknown,
}

/// The program that reads the file, by its name and content.
pub(in crate::fix) fn reader(path: &str, file: &str, text: &[u8]) -> Reader {
    let says =
        |mark: &[u8]| text.starts_with(mark) || memchr::memmem::find(text, &[b"\n", mark].concat()).is_some();
    let folder = |names: &[&str]| path.split('/').any(|part| names.contains(&part));
    if ["database.yml", "cable.yml", "storage.yml"].contains(&file)
        || file.ends_with(".yml.erb")
        || file.ends_with(".yaml.erb")
    {
        Reader::Rails
    } else if says(b"apiVersion:") && says(b"kind:") {
        Reader::Kubernetes
    } else if path.contains(".github/actions/") || ["action.yml", "action.yaml"].contains(&file) {
        Reader::Action
    } else if path.contains(".github/workflows/") {
        Reader::Workflow
    } else if file.starts_with(".gitlab-ci") {
        Reader::GitLab
    } else if is_spring(file) && !folder(&["k8s"]) {
        Reader::Spring
    } else if file == "values.yaml" || file.starts_with("values-") || file.starts_with("values.") {
        Reader::Helm
    } else if file.contains("compose") {
        Reader::Compose
    } else if ["ansible", "playbook", "group_vars", "host_vars"].iter().any(|p| path.contains(p)) {
        Reader::Ansible
    } else if folder(&["k8s", "kubernetes", "manifests", "deploy"]) {
        Reader::Kubernetes
    } else {
        Reader::Unknown
    }
}

pub(super) fn is_filled_in(path: &str, file: &str, text: &[u8]) -> bool {
    matches!(
        reader(path, file, text),
        Reader::Rails | Reader::Spring | Reader::Workflow | Reader::GitLab | Reader::Compose
    )
}

pub(super) fn way(path: &str, file: &str, var: &str, text: &[u8]) -> Replacement {
    let write =
        |text: String, note: &str| Replacement::Expression { text, note: note.to_owned(), by_fix: false };
    let small = var.to_ascii_lowercase().replace('_', "-");
    match reader(path, file, text) {
        Reader::Rails => write(format!("<%= ENV.fetch(\"{var}\") %>"), "Rails runs the file through ERB"),
        Reader::Spring => write(format!("${{{var}}}"), "Spring fills it in from the environment"),
        Reader::Workflow => {
            let name = name_at_github(var);
            write(format!("${{{{ secrets.{name} }}}}"), &format!("{SET_AT_GITHUB}{name}"))
        }
        Reader::Action => Replacement::TakeOut {
            note: format!(
                "an action has no secrets: add the input {small}, write ${{{{ inputs.{small} }}}} there, and pass it in the workflow"
            ),
        },
        Reader::GitLab => write(format!("${var}"), "a masked variable of the project's CI settings"),
        Reader::Compose => write(format!("${{{var}:?}}"), "from the shell or an ignored .env"),
        Reader::Ansible => {
            write(format!("\"{{{{ lookup('env', '{var}') }}}}\""), "or ansible-vault encrypt_string")
        }
        Reader::Helm => Replacement::TakeOut {
            note: "leave it empty: Helm reads no variables; set it with helm --set-string PATH=\"$VALUE\", or let the chart \
                   name an existing Secret"
                .to_owned(),
        },
        Reader::Kubernetes => Replacement::TakeOut {
            note: format!("take it out: valueFrom.secretKeyRef, from kubectl create secret with {var}"),
        },
        Reader::Unknown => write(format!("${{{var}}}"), "if its reader fills variables in"),
    }
}

/// Settings of Spring (and of Quarkus, which reads them alike).
pub(super) fn is_spring(file: &str) -> bool {
    file.starts_with("application") || file.starts_with("bootstrap")
}
