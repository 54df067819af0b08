//! Keys that a page sends to every browser, and tokens in addresses that pages show.

use crate::text::line;
use crate::text::short::{holds, near};
use crate::text::words;
use std::ops::Range;

/// Bytes before and after a value that are searched.
const REACH: usize = 400;

/// Bytes of a file in which a browser that saved it says where from.
const HEAD: usize = 4 << 10;

/// Bytes before a key in which the script that loads Google's maps begins.
const LOADER: usize = 2 << 10;

/// The address of the script of Google's maps.
pub(super) const SCRIPT_OF_MAPS: &[u8] = b"maps.googleapis.com/maps/api/js?";

/// Starts of what gives a key of Google's to the maps of a page or an app.
const OF_MAPS: [&[u8]; 4] =
    [b"<APIProvider", b"new Loader(", b"GMSServices.provideAPIKey(", b"com.google.android.geo.API_KEY"];

/// Returns whether a key of Google's loads maps: in Google's inline loader, in one of its components, or as the argument of
/// a function called after maps, in a file with the address of their script.
pub(super) fn is_for_maps(text: &[u8], secret: &Range<usize>) -> bool {
    if !text[secret.clone()].starts_with(b"AIza") {
        return false;
    }
    let before = &text[secret.start.saturating_sub(LOADER)..secret.start];
    let last = |part: &[u8]| memchr::memmem::rfind(before, part).map(|at| &before[at + part.len()..]);
    let inline = last(b"\"The Google Maps JavaScript API\"").is_some_and(|rest| !holds(rest, &[b"</script"]));
    let is_open = |rest: &[u8]| rest.len() < REACH / 2 && !rest.iter().any(|b| b";)>".contains(b));
    let is_given_to_maps = || {
        let call = before.strip_suffix(b"'").or(before.strip_suffix(b"\"")).map(<[u8]>::trim_ascii_end);
        let Some(call) = call.and_then(|call| call.strip_suffix(b"(")) else { return false };
        let length = call.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        holds(&call[call.len() - length..].to_ascii_lowercase(), &[b"map"]) && holds(text, &[SCRIPT_OF_MAPS])
    };
    inline || OF_MAPS.iter().any(|start| last(start).is_some_and(is_open)) || is_given_to_maps()
}

/// Returns whether a browser saved this page: its tokens were a visitor's.
pub(in crate::scan) fn is_saved_page(text: &[u8]) -> bool {
    holds(&text[..text.len().min(HEAD)], &[b"<!-- saved from url="])
}

/// Returns whether a URL up to its parameter is that of a build badge, whose token shows only the build's state.
pub(super) fn is_badge(url: &[u8]) -> bool {
    let Some(query) = memchr::memchr(b'?', url) else { return false };
    let path = &url[..query];
    let last = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let is_picture = [&b".svg"[..], b".png"].iter().any(|end| last.ends_with(end));
    let is_shown = || {
        holds(path, &[b"/badges/", b"/project_badges/"])
            && (url.ends_with(b"?token=") || url.ends_with(b"&token="))
    };
    holds(path, &[b"://"])
        && (is_picture || holds(last, &[b"badge"]) || holds(path, &[b"shields.io/"]) || is_shown())
}

/// Returns whether a URL up to its token is a public download of Firebase's storage, which pages show, or one of Qiniu's
/// that was signed until the time that it names, or a stream whose address is signed for each viewer.
pub(super) fn is_download(url: &[u8]) -> bool {
    let query = memchr::memrchr(b'?', url);
    let is_of_stream = query.is_some_and(|at| {
        [&b".m3u8"[..], b".mpd", b".m4s", b".mp4"].iter().any(|end| url[..at].ends_with(end))
            && [&b"?token="[..], b"&token=", b"?fastly_token=", b"&fastly_token="]
                .iter()
                .any(|end| url.ends_with(end))
    });
    let until =
        memchr::memmem::find(url, b"e=").filter(|at| matches!(url[at.saturating_sub(1)], b'?' | b'&'));
    let is_signed =
        until.is_some_and(|at| url[at + 2..].iter().take_while(|b| b.is_ascii_digit()).count() == 10);
    is_of_stream
        || holds(url, &[b"firebasestorage.googleapis.com/"]) && holds(url, &[b"alt=media"])
        // The same where the address stands in pieces.
        || url.ends_with(b"?alt=media&token=")
        || is_signed && url.ends_with(b"&token=")
}

/// Returns whether a URL up to its key is a link that everyone is to follow: into a group of QQ, or to a shop with the
/// number of who sent the visitor.
pub(super) fn is_invitation(url: &[u8]) -> bool {
    holds(url, &[b"qm.qq.com/", b"jq.qq.com/"]) && holds(url, &[b"authKey="])
        || holds(url, &[b"/cps/redirect"]) && url.ends_with(b"cps_key=")
        || is_meeting(url) && url.ends_with(b"pwd=")
        // The client that every page of Ghost used.
        || holds(url, &[b"client_id=ghost-frontend&client_secret="])
}

/// Returns whether this is a link into a meeting of Zoom's, which brings its passcode along.
fn is_meeting(url: &[u8]) -> bool {
    [&b"zoom.us"[..], b"zoomgov.com", b"zoom.com.cn"].iter().any(|host| {
        memchr::memmem::find_iter(url, host).any(|at| {
            let path = &url[at + host.len()..];
            [&b"/j/"[..], b"/s/", b"/w/", b"/my/", b"/wc/"].iter().any(|kind| path.starts_with(kind))
        })
    })
}

/// Returns whether this is in the settings that New Relic's agent sends to every browser.
pub(super) fn is_browser_key(text: &[u8], secret: &Range<usize>) -> bool {
    if text[secret.clone()].starts_with(b"NRJS-") {
        return true;
    }
    let line = line::around(text, secret.start, REACH);
    holds(&text[line.start..secret.start], &[b"NREUM"]) && secret.len() < 24
}

/// Returns whether this is a key that only searches, which a page sends to every visitor: its line says so, or it stands
/// beside Typesense's collection, or Algolia's application and index.
pub(super) fn is_search_key(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    let value = &text[secret.clone()];
    // The key that writes stands beside the one that searches.
    if ["admin", "master", "pass", "passwd", "password", "pwd", "secret", "write"]
        .iter()
        .any(|w| words::holds(name, w))
    {
        return false;
    }
    // The line says so; Typesense's keys are any letters.
    let line = text[line::around(text, secret.start, REACH)].to_ascii_lowercase();
    let is_denied = || holds(&line, &[b" not ", b"todo", b"master", b"admin"]);
    if holds(&line, &[b"search_only", b"search-only", b"search only", b"searchonly"]) && !is_denied() {
        return true;
    }
    let near = near(text, secret, REACH / 2);
    if holds(near, &[b"typesenseCollectionName", b"typesenseServerConfig"]) && words::holds(name, "key") {
        return true;
    }
    if value.len() != 32 || !value.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    holds(near, &[b"appId", b"app_id", b"applicationId"])
        && holds(near, &[b"indexName", b"index_name", b"docsearch"])
        // Before applications had ids of their own.
        || holds(near, &[b"indexName"]) && holds(near, &[b"docsearch", b"inputSelector"])
        || holds(near, &[b"index_name"]) && holds(near, &[b"docsearch:"]) && !holds(near, &[b"scraper"])
        || is_in_algolia(text, secret)
}

/// Returns whether this stands in Algolia's part of a page's settings, the application, a key, the index, which does not say
/// that the key may write.
pub(in crate::scan) fn is_in_algolia(text: &[u8], secret: &Range<usize>) -> bool {
    let near = near(text, secret, REACH / 2).to_ascii_lowercase();
    let has_index = || {
        holds(&near, &[b"appid", b"app_id"])
            && holds(&near, &[b"index:", b"index\":", b"index =", b"index=", b"index_name"])
    };
    // What a browser says that it is, in the headers of a search.
    let is_of_browser = || {
        let own = text[line::start(text, secret.start, REACH)..secret.start].to_ascii_lowercase();
        holds(&own, &[b"algolia"])
            && holds(&near, &[b"algolia-agent"])
            && holds(&near, &[b"browser"])
            && !holds(&near, &[b"/batch"])
    };
    holds(&near, &[b"algolia"]) && (has_index() || is_of_browser()) && !holds(&near, &[b"admin", b"write"])
}

/// Returns whether this is the token with which Rollbar's client in a page reports errors, in the settings of its snippet, or
/// with which every copy of a program sends Backtrace what is left of a crash.
pub(super) fn is_error_token(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    if !words::holds(name, "token") {
        return false;
    }
    let near = near(text, secret, REACH);
    holds(near, &[b"rollbarConfig"]) && holds(near, &[b"captureUncaught"])
        || letters_of_last(name) == b"accesstoken"
            && holds(near, &[b"Rollbar.init("])
            && holds(near, &[b"captureUncaught"])
            && holds(text, &[b"<script"])
        || holds(&name.to_ascii_lowercase(), &[b"backtrace"])
            && holds(near, &[b".backtrace.io"])
            && holds(near, &[b"minidump"])
}

/// What a page calls to show a part of another company's (a chat, a question, a banner), and the last part of the name of the
/// key that every visitor gets there.
const WIDGETS: [(&[u8], &str); 12] = [
    (b"cookiecontrol.load(", "apikey"),
    (b"chatwootsdk", "websitetoken"),
    (b"fcwidget.init(", "token"),
    (b"freshworkswidget(", "token"),
    (b"userback.", "accesstoken"),
    (b"canny(", "boardtoken"),
    (b"usersnapcx", "apikey"),
    (b"marker.projectkey", "projectkey"),
    (b"_cio.init(", "writekey"),
    (b".png?key=${", "apikey"),
    (b"docssearchbar(", "apikey"),
    (b"swiftype.inputelement", "key"),
];

/// Returns whether this is such a key: its name has nothing else.
pub(super) fn is_of_widget(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    let letters = letters_of_last(name);
    let near = || near(text, secret, REACH).to_ascii_lowercase();
    WIDGETS.iter().any(|(call, end)| letters == end.as_bytes() && holds(&near(), &[call]))
}

/// The letters of a name's last part, in lower case: `accesstoken` of `userback.access_token`.
fn letters_of_last(name: &[u8]) -> Vec<u8> {
    let last = name.rsplit(|b| *b == b'.').next().unwrap_or_default();
    last.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect()
}

/// Returns whether this opens a preview of Google Tag Manager: each page that shows it sends it to its visitors, beside
/// the container's id and the number of the preview.
pub(super) fn is_preview(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    if !name.to_ascii_lowercase().ends_with(b"auth") || secret.len() != 22 {
        return false;
    }
    let near = near(text, secret, REACH / 2);
    holds(near, &[b"GTM-"]) && holds(near, &[b"env-"]) && holds(near, &[b"preview"])
}

/// Returns whether this is the key with which a program writes to Segment: every copy of the program contains it.
pub(super) fn is_write_key(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    let letters: Vec<u8> =
        name.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    let near = || near(text, secret, REACH).to_ascii_lowercase();
    // As Gatsby's plugin names them.
    let of_plugin = || matches!(&letters[..], b"prodkey" | b"devkey") && holds(&near(), &[b"segment"]);
    letters.ends_with(b"writekey")
        && WRITE_KEYS.contains(&secret.len())
        && holds(&near(), &[b"segment", b"metrics", b"analytics", b"telemetry"])
        || of_plugin()
}

/// Letters of such a key, at Segment and at RudderStack.
const WRITE_KEYS: [usize; 2] = [32, 27];

/// Returns whether this is the key of LeanCloud with which the comments of a page are stored: it is in every page, beside
/// the application's id.
pub(super) fn is_of_comments(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    let is_named =
        ["appkey", "app_key", "app-key"].iter().any(|key| name.eq_ignore_ascii_case(key.as_bytes()));
    is_named && {
        let near = near(text, secret, REACH / 2).to_ascii_lowercase();
        holds(&near, &[b"valine", b"leancloud"]) && holds(&near, &[b"appid", b"app_id", b"app-id"])
    }
}

/// Returns whether this stands in a `data-` attribute of the tag that loads a script: every visitor gets it.
pub(super) fn is_in_script_tag(text: &[u8], name: &[u8], secret: &Range<usize>) -> bool {
    if ["password", "private", "secret"].iter().any(|w| words::holds(name, w)) {
        return false;
    }
    let before = &text[secret.start.saturating_sub(REACH)..secret.start];
    memchr::memmem::rfind(before, b"<script").is_some_and(|at| {
        let tag = &before[at..];
        holds(tag, &[b" data-", b"\ndata-"]) && !tag.contains(&b'>')
    })
}
