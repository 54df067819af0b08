//! Programs that write, copy, move and remove files.

use crate::agent::shell::flow::{Field, Flow, Options};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;

impl Machine<'_> {
    pub(super) fn file_program(&mut self, call: &Call) -> Option<Flow> {
        let args = &call.args;
        match call.name.as_str() {
            "cp" | "mv" | "ln" | "install" | "gcp" | "Copy-Item" | "Move-Item" | "copy" | "move"
            | "ditto" => {
                let options =
                    Options::of(args, "t S m o g Destination Path target-directory suffix mode owner group");
                let mut operands: Vec<Field> = options.all("Path").cloned().collect();
                operands.extend(options.operands.iter().cloned());
                let target = match options.value("t target-directory Destination") {
                    Some(folder) => folder.clone(),
                    None => operands.pop()?,
                };
                if matches!(call.name.as_str(), "mv" | "Move-Item" | "move") {
                    for source in operands.iter().filter(|s| s.known) {
                        let path = self.path(&source.text);
                        self.gate_remove(&path);
                    }
                }
                self.copy(&operands, &target);
            }
            "tee" | "sponge" | "Tee-Object" | "Set-Content" | "Add-Content" | "Out-File" | "sc" | "ac" => {
                let options = Options::of(
                    args,
                    "FilePath Path Value Encoding filepath path value encoding output-error",
                );
                let mut flow = call.stdin.clone();
                let mut files: Vec<Field> = options.all("FilePath Path filepath path").cloned().collect();
                files.extend(
                    options
                        .operands
                        .iter()
                        .take(if call.name.contains('-') { 1 } else { usize::MAX })
                        .cloned(),
                );
                if let Some(value) = options
                    .value("Value value")
                    .or(options.operands.get(1).filter(|_| call.name.contains("-C")))
                {
                    flow = Flow {
                        contents: value.carries.clone(),
                        text: value.known.then(|| value.text.clone()),
                        ..Flow::default()
                    };
                }
                for file in &files {
                    self.printed_into(file, flow.clone());
                }
                return Some(if matches!(call.name.as_str(), "tee" | "Tee-Object") {
                    flow
                } else {
                    Flow::default()
                });
            }
            "dd" => {
                let value = |name: &str| {
                    args.iter().find_map(|a| {
                        Some(Field { text: a.text.strip_prefix(name)?.to_owned(), ..a.clone() })
                    })
                };
                let flow = match value("if=") {
                    Some(file) => self.read(&file, &call.stdin),
                    None => call.stdin.clone(),
                };
                let Some(file) = value("of=") else { return Some(flow) };
                self.printed_into(&file, flow);
            }
            "rm" | "unlink" | "shred" | "trash" | "rmdir" | "Remove-Item" | "ri" | "del" | "erase" | "rd"
            | "ren" | "rename" | "Rename-Item" | "rni" => {
                let piped = call.stdin.text.iter().flat_map(|text| text.lines()).map(|line| self.path(line));
                let piped: Vec<_> = call.stdin.names.iter().cloned().chain(piped).collect();
                let is_cmdlet = call.name.contains('-');
                for path in self.paths(call).into_iter().chain(piped.into_iter().filter(|_| is_cmdlet)) {
                    self.gate_remove(&path);
                }
            }
            "chmod" => {
                let takes = args.iter().any(|a| {
                    a.text.starts_with('-') && a.text.contains('x')
                        || a.text.contains("-x")
                        || a.text.split_once('=').is_some_and(|(who, modes)| {
                            who.bytes().all(|b| b"ugoa".contains(&b)) && !modes.contains('x')
                        })
                        || a.text.bytes().all(|b| b.is_ascii_digit())
                            && !a.text.contains(['1', '3', '5', '7'])
                });
                for path in self.paths(call).into_iter().filter(|_| takes) {
                    self.gate_remove(&path);
                }
            }
            "mount" | "xxd" if call.name == "mount" || args.iter().any(|a| a.text.starts_with("-r")) => {
                let path = self.paths(call).into_iter().nth(1)?;
                self.write(path, Flow::default(), None);
            }
            "setfacl" | "icacls" | "attrib" => {
                for path in self.paths(call) {
                    self.gate_remove(&path);
                }
            }
            "patch" => {
                for path in self.paths(call).into_iter().take(1) {
                    self.write(path, Flow::default(), None);
                }
            }
            "unzip" | "7z" | "cpio" | "unar" => {
                let options = Options::of(args, "d D o x P");
                let named = options.value("d D").map(|folder| self.path(&folder.text));
                let folder = named.unwrap_or_else(|| self.dir.clone());
                self.gate_write(&folder);
                return None;
            }
            "truncate" | "Clear-Content" | "clc" => {
                for path in self.paths(call) {
                    self.write(path, Flow::default(), None);
                }
            }
            "touch" | "mkdir" | "chown" | "chgrp" => {}
            _ => return None,
        }
        Some(Flow::default())
    }

    fn paths(&self, call: &Call) -> Vec<std::path::PathBuf> {
        let options = Options::of(&call.args, "s size Path path");
        let named = options.operands.iter().chain(options.all("Path path"));
        named.filter(|o| o.known).map(|o| self.path(&o.text)).collect()
    }

    /// Copies files to a file or into a folder.
    pub(super) fn copy(&mut self, sources: &[Field], target: &Field) {
        if !target.known {
            return self.unknown("the name of a file is not known");
        }
        let to = self.path(&target.text);
        let folder = to.is_dir() || target.text.ends_with('/') || sources.len() > 1;
        for source in sources {
            let flow = self.read(source, &Flow::default());
            let name = source.text.rsplit('/').next().unwrap_or_default();
            let path = if folder { to.join(name) } else { to.clone() };
            self.write(path, flow, None);
        }
    }
}
