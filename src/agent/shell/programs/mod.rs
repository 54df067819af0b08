//! What programs do with their arguments and their input. A program without an entry prints and sends nothing
//! that is known; the caller goes by its output.

mod builtins;
mod files;
mod filters;
mod found;
mod inline;
mod patterns;
mod senders;
mod stores;
mod web;
mod wrappers;

pub(super) use stores::git_command;

use super::flow::Flow;
use super::machine::Machine;
use super::run::Call;

impl Machine<'_> {
    /// What a program prints.
    pub(super) fn program(&mut self, call: &Call) -> Flow {
        self.gate(call);
        let steps: [fn(&mut Self, &Call) -> Option<Flow>; 7] = [
            Self::builtin,
            Self::wrapper,
            Self::store,
            Self::sender,
            Self::file_program,
            Self::filter,
            Self::interpreter,
        ];
        steps.iter().find_map(|step| step(self, call)).unwrap_or_default()
    }
}
