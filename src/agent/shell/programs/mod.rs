//! What programs do with their arguments and their input. A program without an entry prints and sends nothing
//! that is known; the caller goes by its output.

mod builtins;
mod files;
mod filters;
mod found;
mod inline;
mod literals;
mod patterns;
mod powershell;
mod senders;
mod stores;
mod turned;
mod variables;
mod web;
mod wrappers;

pub(super) use stores::{git_command, top_of};

use super::flow::Flow;
use super::machine::Machine;
use super::run::Call;

impl Machine<'_> {
    /// What a program prints.
    pub(super) fn program(&mut self, call: &Call) -> Flow {
        let named = powershell::named_parameters(&call.name, &call.args);
        let named = named.map(|args| Call { name: call.name.clone(), args, stdin: call.stdin.clone() });
        let call = named.as_ref().unwrap_or(call);
        self.gate(call);
        let steps: [fn(&mut Self, &Call) -> Option<Flow>; 9] = [
            Self::git_alias,
            Self::cmdlet,
            Self::builtin,
            Self::wrapper,
            Self::store,
            Self::sender,
            Self::file_program,
            Self::filter,
            Self::interpreter,
        ];
        match steps.iter().find_map(|step| step(self, call)) {
            Some(flow) => flow,
            None => {
                self.gate_arguments(call);
                Flow::default()
            }
        }
    }
}
