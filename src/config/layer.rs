//! Layers: where a setting comes from.

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// This program.
    Builtin,
    /// The machine's file.
    System,
    /// The person's file.
    User,
    /// An environment variable.
    Environment,
    /// A file of user rules named on the command line.
    Command,
    /// The repository's file.
    Repository,
}

impl Layer {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Layer::Builtin => "built-in",
            Layer::System => "system",
            Layer::User => "user",
            Layer::Environment => "environment",
            Layer::Command => "command-line",
            Layer::Repository => "repository",
        }
    }
}

/// A value and the layer that set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// The layer that set it.
    pub layer: Layer,
    /// The file, if it is one that the layer's own extends.
    pub file: Option<&'static str>,
}

/// Where a value that is laid comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct From {
    pub(super) layer: Layer,
    pub(super) file: Option<&'static str>,
}

impl From {
    pub(super) fn set<T>(self, value: T) -> Sourced<T> {
        Sourced { value, layer: self.layer, file: self.file }
    }
}

impl<T> Sourced<T> {
    pub(super) fn builtin(value: T) -> Sourced<T> {
        Sourced { value, layer: Layer::Builtin, file: None }
    }

    pub(super) fn take(&mut self, value: Option<T>, from: From) {
        if let Some(value) = value {
            *self = from.set(value);
        }
    }
}
