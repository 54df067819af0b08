//! The ref updates that git passes to pre-push and pre-receive on standard input.

use super::{GitError, Oid};
use crate::finding::printable;

/// One ref that a push changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefUpdate {
    /// What is sent, as the person named it: a ref, `HEAD^{tree}`, an object id. On a server the ref itself.
    pub source: Vec<u8>,
    /// The object sent; `None` if the ref is deleted.
    pub new: Option<Oid>,
    /// The ref on the remote.
    pub target: Vec<u8>,
    /// The remote's object there; `None` if the ref is new.
    pub old: Option<Oid>,
}

/// An id; the inner `None` stands for all zeros.
fn id(hex: &[u8]) -> Option<Option<Oid>> {
    let id = Oid::from_hex(hex)?;
    Some((!id.is_zero()).then_some(id))
}

/// Parses pre-push's input: `local-ref SP local-oid SP remote-ref SP remote-oid LF`. Split from the right, since a
/// revision expression may contain spaces.
///
/// # Errors
/// On a line of another form.
pub fn parse_push(stdin: &[u8]) -> Result<Vec<RefUpdate>, GitError> {
    parse(stdin, "pre-push", |line| {
        let mut parts = line.rsplitn(4, |b| *b == b' ');
        let old = id(parts.next()?)?;
        let target = parts.next()?.to_vec();
        let new = id(parts.next()?)?;
        Some(RefUpdate { source: parts.next()?.to_vec(), new, target, old })
    })
}

/// Parses pre-receive's input: `old-oid SP new-oid SP ref LF`.
///
/// # Errors
/// On a line of another form.
pub fn parse_receive(stdin: &[u8]) -> Result<Vec<RefUpdate>, GitError> {
    parse(stdin, "pre-receive", |line| {
        let mut parts = line.splitn(3, |b| *b == b' ');
        let (old, new, name) = (id(parts.next()?)?, id(parts.next()?)?, parts.next()?);
        Some(RefUpdate { source: name.to_vec(), new, target: name.to_vec(), old })
    })
}

fn parse(
    stdin: &[u8],
    hook: &str,
    one: impl Fn(&[u8]) -> Option<RefUpdate>,
) -> Result<Vec<RefUpdate>, GitError> {
    stdin
        .split(|b| *b == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            one(line).ok_or_else(|| {
                GitError::Other(format!("{hook} got a line that is no ref update: {}", printable(line)))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn a_revision_expression_with_spaces_is_read_from_the_right() {
        let updates =
            parse_push(format!("HEAD^{{/fix the bug}} {A} refs/heads/x {ZERO}\n").as_bytes()).unwrap();
        assert_eq!(updates[0].source, b"HEAD^{/fix the bug}");
        assert_eq!(updates[0].new, Oid::from_hex(A.as_bytes()));
        assert_eq!((&updates[0].target[..], updates[0].old), (&b"refs/heads/x"[..], None));
    }

    #[test]
    fn a_deletion_has_no_new_object_and_ids_may_be_sha256() {
        let zero = "0".repeat(64);
        let updates =
            parse_push(format!("(delete) {zero} refs/heads/x {}\n", "b".repeat(64)).as_bytes()).unwrap();
        assert_eq!(updates[0].new, None);
        assert!(updates[0].old.is_some());
    }

    #[test]
    fn a_line_of_another_form_is_an_error_and_empty_input_has_no_updates() {
        assert!(parse_push(b"refs/heads/x aaaa refs/heads/x bbbb\n").is_err());
        assert!(parse_receive(format!("{A} {A}\n").as_bytes()).is_err());
        assert_eq!(parse_push(b"").unwrap(), Vec::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_git_writes_is_read_back(source in "[^\n]{1,30}", target in "refs/[!-~]{1,30}", a in any::<[u8; 20]>()) {
            let hex = data_encoding::HEXLOWER.encode(&a);
            let line = format!("{source} {hex} {target} {ZERO}\n");
            let update = parse_push(line.as_bytes()).unwrap().remove(0);
            prop_assert_eq!(update.source, source.as_bytes());
            prop_assert_eq!(update.target, target.as_bytes());
            prop_assert_eq!(update.new, Oid::from_bytes(&a));
        }
    }
}
