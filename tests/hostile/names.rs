//! Names that a log or a shell would take for a command.

use crate::support::{Sandbox, key};

/// Names of files, and what no line of output may contain or start with.
const NAMES: [(&str, &str); 7] = [
    ("##vso[task.setvariable variable=x]y", "##vso["),
    ("a/##VSO[task.complete result=Succeeded]b", "##VSO["),
    ("##[error]x", "##["),
    ("x##teamcity[buildStop]", "##teamcity["),
    ("::error::x", "::error::"),
    ("\t::stop-commands::x", "::stop-commands::"),
    (":(glob)**", "::"),
];

/// The sandbox in which git takes a path for nothing else.
fn literal(s: &Sandbox) -> Sandbox {
    s.env("GIT_LITERAL_PATHSPECS", "1")
}

#[test]
fn a_name_runs_no_command_of_a_ci_system() {
    let s = Sandbox::guarded();
    for (name, _) in NAMES {
        literal(&s).stage(name, format!("KLAVIYO_API_KEY={}\n", key(1)));
    }
    let commit = s.commit();
    assert_ne!(commit.code, 0, "{commit:#?}");
    s.git(["commit", "-q", "--no-verify", "-m", "::add-mask::x ##vso[task.logissue type=error]y"]);
    let said = [
        commit,
        s.stanch(["scan", "."]),
        s.stanch(["scan", "--history"]),
        s.stanch(["scan", "--format", "markdown", "."]),
    ];
    for run in said {
        for line in run.stdout.lines().chain(run.stderr.lines()) {
            for (_, command) in NAMES {
                let runs = match command.starts_with('#') {
                    true => line.contains(command),
                    false => line.trim_start().starts_with(command),
                };
                assert!(!runs, "{line:?} in {run:#?}");
            }
            assert!(!line.contains("##vso[") && !line.trim_start().starts_with("::"), "{line:?} in {run:#?}");
        }
    }
}

#[test]
fn a_command_to_paste_means_the_file_whatever_it_is_called() {
    let s = Sandbox::guarded();
    for (name, _) in NAMES {
        literal(&s).stage(name, format!("KLAVIYO_API_KEY={}\n", key(1)));
        let run = s.commit();
        let line = run.stderr.lines().find_map(|l| l.split_once("git add ")).map(|(_, rest)| rest);
        let Some(rest) = line else { panic!("{run:#?}") };
        let command = format!("git add {}", rest.split(" && ").next().unwrap());
        s.git(["rm", "-q", "-r", "--cached", "--ignore-unmatch", "."]);
        s.write(name, "clean\n");
        s.run_with("bash", ["-c", &command], b"").ok();
        assert_eq!(s.git(["ls-files", "-z"]), format!("{name}\0"), "{command}");
    }
}
