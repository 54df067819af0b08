//! Programs that make web requests: what they send, and the variables that authorise it.

use crate::agent::shell::flow::{Content, Field, Flow, Options};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;
use crate::agent::shell::{Act, Sent};

const CURL: &str = "d data data-raw data-binary data-urlencode data-ascii json F form form-string T upload-file H header \
     u user o output X request A user-agent b cookie c cookie-jar e referer url url-query x proxy K config E cert key cacert \
     m max-time connect-timeout retry retry-delay w write-out r range oauth2-bearer stderr trace trace-ascii unix-socket max-redirs limit-rate ciphers cert-type proxy-user dns-servers D dump-header hostpubsha256 tls-max Y y z C resolve connect-to interface netrc-file";
const WGET: &str = "O o a i e P U T t w Q header post-data post-file body-data body-file method output-document user password timeout tries";
const HTTPIE: &str = "a A o auth auth-type output verify timeout session raw";

impl Machine<'_> {
    pub(super) fn curl(&mut self, call: &Call) -> Option<Flow> {
        let options = Options::of(&call.args, CURL);
        let urls: Vec<&Field> = options.operands.iter().chain(options.all("url")).collect();
        let host = urls.iter().find_map(|u| host_of_url(&u.text));
        let mut contents = Machine::carried(urls.iter().copied());
        for value in options.all("d data data-binary data-ascii json") {
            contents.extend(self.at_file(value, call, &['@']));
        }
        let texts = options.all("data-raw form-string url-query A user-agent e referer");
        contents.extend(Machine::carried(texts));
        for value in options.all("data-urlencode") {
            contents.extend(value.carries.iter().cloned());
            if let Some((_, file)) = value.text.split_once('@').filter(|(name, _)| !name.contains('=')) {
                contents.extend(self.read(&Field::known(file), &call.stdin).contents);
            }
        }
        for value in options.all("F form") {
            let text = value.text.split_once('=').map_or("", |(_, text)| text);
            let text = text.split(';').next().unwrap_or(text).to_owned();
            contents.extend(self.at_file(&Field { text, ..value.clone() }, call, &['@', '<']));
        }
        for value in options.all("T upload-file b cookie") {
            if value.text.contains('=') {
                contents.extend(value.carries.iter().cloned());
            } else {
                contents.extend(self.read(value, &call.stdin).contents);
            }
        }
        for value in options.all("H header") {
            if value.text.starts_with('@') {
                contents.extend(self.at_file(value, call, &['@']));
            } else {
                self.credentials(host.as_deref(), value.carries.clone());
            }
        }
        self.credentials(host.as_deref(), Machine::carried(options.all("u user oauth2-bearer")));
        self.sends(host, contents);
        let mut out = Flow::default();
        for url in urls {
            // A local file, through curl.
            if let Some(path) = url.text.strip_prefix("file://") {
                let file = Field { text: path.to_owned(), ..url.clone() };
                out.add(self.read(&file, &call.stdin).contents);
            }
        }
        if let Some(file) = options.value("o output") {
            self.printed_into(file, out);
            return Some(Flow::default());
        }
        Some(out)
    }

    pub(super) fn wget(&mut self, call: &Call) -> Option<Flow> {
        let options = Options::of(&call.args, WGET);
        let host = options.operands.iter().find_map(|u| host_of_url(&u.text));
        let mut contents = Machine::carried(&options.operands);
        contents.extend(self.all(options.all("post-file body-file"), call));
        contents.extend(Machine::carried(options.all("post-data body-data")));
        self.credentials(host.as_deref(), Machine::carried(options.all("header password user")));
        self.sends(host, contents);
        if let Some(file) = options.value("O output-document").filter(|f| f.text != "-") {
            self.printed_into(file, Flow::default());
        }
        Some(Flow::default())
    }

    pub(super) fn httpie(&mut self, call: &Call) -> Option<Flow> {
        let options = Options::of(&call.args, HTTPIE);
        let method = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase());
        let mut operands = options.operands.iter().filter(|o| !method(&o.text));
        let url = operands.next()?;
        let host = host_of_url(&url.text);
        let mut contents = call.stdin.contents.clone();
        contents.extend(url.carries.clone());
        for item in operands {
            let file = item.text.split_once('@').filter(|(name, _)| !name.contains(['=', ':']));
            match file {
                Some((_, file)) => contents.extend(self.read(&Field::known(file), &call.stdin).contents),
                None if item
                    .text
                    .split('=')
                    .next()
                    .is_some_and(|name| name.contains(':') && !name.ends_with(':')) =>
                {
                    self.credentials(host.as_deref(), item.carries.clone());
                }
                None => contents.extend(item.carries.iter().cloned()),
            }
        }
        self.credentials(host.as_deref(), Machine::carried(options.all("a A auth")));
        self.sends(host, contents);
        Some(Flow::default())
    }

    pub(super) fn invoke_web(&mut self, call: &Call) -> Option<Flow> {
        let args: Vec<Field> = call
            .args
            .iter()
            .map(|a| {
                if a.text.starts_with('-') {
                    Field { text: a.text.to_ascii_lowercase(), ..a.clone() }
                } else {
                    a.clone()
                }
            })
            .collect();
        let options = Options::of(&args, "uri body infile headers method outfile contenttype form");
        let host = options.operands.iter().chain(options.all("uri")).find_map(|u| host_of_url(&u.text));
        let mut contents = self.all(options.all("infile"), call);
        contents.extend(call.stdin.contents.iter().cloned());
        contents.extend(Machine::carried(options.all("body form uri")));
        contents.extend(Machine::carried(&options.operands));
        self.credentials(host.as_deref(), Machine::carried(options.all("headers")));
        self.sends(host, contents);
        Some(Flow::default())
    }

    /// `@FILE` is the file, anything else itself.
    fn at_file(&mut self, value: &Field, call: &Call, mark: &[char]) -> Vec<Content> {
        match value.text.strip_prefix(mark) {
            Some(file) => {
                let file = Field { text: file.to_owned(), ..value.clone() };
                self.read(&file, &call.stdin).contents
            }
            None => value.carries.clone(),
        }
    }

    /// Reports the variables that authorise a request.
    fn credentials(&mut self, host: Option<&str>, contents: Vec<Content>) {
        let (mut what, mut rest) = (Vec::new(), Vec::new());
        for content in contents {
            match content {
                Content::Variable(name) => what.push(Sent::Credential(name)),
                other => rest.push(other),
            }
        }
        if !what.is_empty() {
            self.act(Act::Sends { host: host.map(str::to_owned), what });
        }
        // A file's content in a header is sent like any other.
        self.sends(host.map(str::to_owned), rest);
    }
}

fn host_of_url(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    if url.starts_with("file:") {
        return None;
    }
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit('@').next()?;
    // httpie writes `:8000/path` for this machine.
    if host.starts_with(':') {
        return Some("localhost".to_owned());
    }
    let host = if host.starts_with('[') {
        host.split(']').next()?.trim_start_matches('[')
    } else {
        host.split(':').next()?
    };
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}
