//! The paragraph for the file that an assistant reads: AGENTS.md, CLAUDE.md, .cursorrules and their like.

/// Advice for an assistant. It stops nothing: the hooks do.
pub(crate) const RULES: &str = "\
## Secrets

stanch checks what is committed and pushed here.

- Write no key, token or password into a file, a command or a message. Read it from the environment, and name the variable.
- Do not print files or variables that hold values (`.env`, key files, `env`). Names are enough; `stanch agent read FILE` prints a
  file with its values masked.
- Before a commit: `stanch scan --staged`.
- If a commit or push is blocked, do what each line says: `stanch fix --all` writes the replacements. Then `git add` the files, and
  commit again in the same way.
- Whether a finding may stay, what `.stanch.toml` says, and whether hooks run is decided by a person: ask, and say which finding.
";
