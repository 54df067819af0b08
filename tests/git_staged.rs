//! What a commit records: real repositories, real commits, the real hook.

use crate::support::{Sandbox, key};

#[test]
fn a_staged_key_stops_the_commit_and_a_clean_file_passes() {
    let s = Sandbox::guarded();
    s.stage("a.env", "A=1\n");
    s.commit().ok();
    s.stage("a.env", format!("A=1\nKLAVIYO_API_KEY={}\n", key(1)));
    s.commit().stopped_at("a.env:2:");
}
