//! Hosts and accounts that manuals make up, and pages that show what a token says.

use super::pages::{SCRIPT_OF_MAPS, is_badge, is_for_maps};
use super::token::token;
use std::ops::Range;

/// Why the URL, or the connection string, around a value is of nobody: its host or account is one that manuals make up, or
/// it opens a page that shows what a token says.
pub(in crate::scan) fn why_nobodys(text: &[u8], secret: &Range<usize>) -> Option<&'static str> {
    if is_for_maps(text, secret) {
        return Some(LOADS_A_MAP);
    }
    let token = token(text, secret);
    let before = &text[token.start..secret.start];
    // Behind a login stands the host that it is for.
    let is_login = text.get(secret.end) == Some(&b'@');
    let before = if is_login { &text[secret.end + 1..token.end] } else { before };
    let plain = before.strip_prefix(b"//").unwrap_or(before);
    let address = memchr::memmem::find(before, b"://").map_or(plain, |i| &before[i + 3..]);
    let shows = [&b"jwt.io/"[..], b"www.jwt.io/", b"jwt.ms/"];
    if address.len() < before.len() && shows.iter().any(|host| address.starts_with(host)) {
        return Some("stands in a link to a page that shows what a token says");
    }
    if is_badge(before) {
        return Some("belongs to a badge, which everyone is to see");
    }
    if MAPS.iter().any(|path| address.starts_with(path)) {
        return Some(LOADS_A_MAP);
    }
    let is_label = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-';
    let is_made_up = |label: &[u8]| MADE_UP.iter().any(|name| label.eq_ignore_ascii_case(name));
    // What follows a host may belong to any user.
    let host = &address[..address.iter().position(|b| *b == b'/').unwrap_or(address.len())];
    host.split(|b| !is_label(b))
        .any(is_made_up)
        .then_some("belongs to an account whose name is a stand-in, as manuals write it")
}

/// Why a key of Google's maps warns.
const LOADS_A_MAP: &str = "loads a map into a page or an app, which sends it to every visitor";

/// Addresses of the script of Google's maps.
const MAPS: [&[u8]; 2] = [b"maps.google.com/maps/api/js?", SCRIPT_OF_MAPS];

/// Names of accounts and hosts that manuals of cloud services make up.
const MADE_UP: [&[u8]; 18] = [
    b"myaccount",
    b"mystorageaccount",
    b"mystorage",
    b"mynamespace",
    b"myservicebus",
    b"myhub",
    b"myiothub",
    b"myregistry",
    b"mykeyvault",
    b"youraccount",
    b"yourstorageaccount",
    b"yournamespace",
    b"yourhub",
    b"youriothub",
    b"storageaccountname",
    b"exampleaccount",
    b"contoso",
    b"fabrikam",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_of_manuals_and_a_page_that_shows_tokens_are_known() {
        let nobodys = |text: &str| {
            let at = text.find("VALUE").unwrap();
            why_nobodys(text.as_bytes(), &(at..at + 5)).is_some()
        };
        assert!(nobodys("\"https://mystorageaccount.blob.core.windows.net/a/b?sv=1&sig=VALUE\""));
        assert!(nobodys("Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKey=VALUE"));
        assert!(nobodys("AccountName=myaccount;AccountKey=VALUE"));
        assert!(nobodys("[Show it](https://jwt.io/#debugger-io?token=VALUE)"));
        assert!(!nobodys("\"https://acmemedia.blob.core.windows.net/contoso/b?sv=1&sig=VALUE\""));
        assert!(!nobodys("https://acme.io/?next=https://jwt.io/&token=VALUE"));
    }
}
