//! A stand-in for providers on loopback: a proxy that takes `CONNECT HOST:443` and answers as HOST over TLS, with a
//! certificate that a made-up authority signed. So the real client, with its TLS and its addresses, never leaves this machine.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The first byte of a TLS connection.
const HANDSHAKE: u8 = 22;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Received {
    /// The host that was connected to; empty without a proxy.
    pub(super) host: String,
    /// The request line and the headers.
    pub(super) head: String,
    pub(super) body: String,
}

impl Received {
    pub(super) fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }
}

/// What to answer.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// A status, further header lines, and a body.
    Plain(u16, String, String),
    /// The same after a pause.
    Slow(Duration),
    /// So many bytes of a body.
    Huge(u16, usize),
    /// These bytes.
    Raw(&'static [u8]),
    /// The connection is closed without an answer.
    Close,
}

pub(super) fn json(status: u16, body: &str) -> Reply {
    Reply::Plain(status, "Content-Type: application/json\r\n".to_owned(), body.to_owned())
}

type Answer = dyn Fn(&Received) -> Reply + Send + Sync;

struct Inner {
    issuer: Issuer<'static, KeyPair>,
    certificates: Mutex<HashMap<String, Arc<ServerConfig>>>,
    received: Mutex<Vec<Received>>,
    answer: Box<Answer>,
}

/// The stand-in; it runs until the test process ends.
pub(super) struct Vendor {
    address: SocketAddr,
    authority: CertificateDer<'static>,
    inner: Arc<Inner>,
}

impl Vendor {
    pub(super) fn start(answer: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Vendor {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap().der().clone();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner {
            issuer: Issuer::new(params, key),
            certificates: Mutex::default(),
            received: Mutex::default(),
            answer: Box::new(answer),
        });
        let of_thread = Arc::clone(&inner);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let inner = Arc::clone(&of_thread);
                std::thread::spawn(move || inner.serve(stream));
            }
        });
        Vendor { address, authority, inner }
    }

    /// Its address as a proxy, and as a server without TLS; with TLS it is `localhost` at the same port.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The authority's certificate in DER.
    pub(super) fn authority(&self) -> Vec<u8> {
        self.authority.to_vec()
    }

    /// The same in PEM.
    pub(super) fn authority_pem(&self) -> String {
        let text = data_encoding::BASE64.encode(&self.authority);
        let lines: Vec<&str> = text.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
        let label = "CERTIFICATE";
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    }

    /// What arrived so far; forgets it.
    pub(super) fn received(&self) -> Vec<Received> {
        std::mem::take(&mut self.inner.received.lock().unwrap())
    }
}

impl Inner {
    fn serve(&self, mut stream: TcpStream) {
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut first = [0];
        if stream.peek(&mut first).is_ok_and(|_| first == [HANDSHAKE]) {
            let tls = ServerConnection::new(self.config("localhost")).unwrap();
            return self.answer(String::new(), None, StreamOwned::new(tls, stream));
        }
        let head = head(&mut BufReader::with_capacity(1, stream.try_clone().unwrap()));
        match head.strip_prefix("CONNECT ") {
            Some(rest) => {
                let host = rest.split(':').next().unwrap().to_owned();
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
                let config = self.config(&host);
                let tls = ServerConnection::new(config).unwrap();
                self.answer(host, None, StreamOwned::new(tls, stream));
            }
            None => self.answer(String::new(), Some(head), stream),
        }
    }

    fn answer(&self, host: String, head_read: Option<String>, mut stream: impl Read + Write) {
        let mut reader = BufReader::with_capacity(1, &mut stream);
        let head = head_read.unwrap_or_else(|| head(&mut reader));
        if head.is_empty() {
            return;
        }
        let length =
            head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        let received = Received { host, head, body: String::from_utf8(body).unwrap() };
        self.received.lock().unwrap().push(received.clone());
        let reply = (self.answer)(&received);
        let is_whole = matches!(reply, Reply::Plain(..));
        // The client may be gone already: it reads no more than it wants.
        let _ = match reply {
            Reply::Plain(status, headers, body) => write!(
                stream,
                "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            ),
            Reply::Slow(pause) => {
                std::thread::sleep(pause);
                write!(stream, "HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\n{{}}")
            }
            Reply::Huge(status, size) => {
                let start =
                    format!("HTTP/1.1 {status} X\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n");
                let block = vec![b' '; 64 << 10];
                stream
                    .write_all(start.as_bytes())
                    .and_then(|()| (0..size / block.len()).try_for_each(|_| stream.write_all(&block)))
            }
            Reply::Raw(bytes) => stream.write_all(bytes),
            Reply::Close => Ok(()),
        };
        let _ = stream.flush();
        if is_whole {
            // Closing with bytes unread would reset the connection before the client has read the answer.
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
    }

    /// The server's side of TLS as this host.
    fn config(&self, host: &str) -> Arc<ServerConfig> {
        let mut all = self.certificates.lock().unwrap();
        let made = all.entry(host.to_owned()).or_insert_with(|| {
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
            let certificate = params.signed_by(&key, &self.issuer).unwrap().der().clone();
            let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let config = ServerConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![certificate], key)
                .unwrap();
            Arc::new(config)
        });
        Arc::clone(made)
    }
}

/// Everything up to the empty line; empty if the connection was closed.
fn head(reader: &mut impl BufRead) -> String {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return String::new();
        }
        if line.trim_end().is_empty() {
            return head;
        }
        head.push_str(line.trim_end());
        head.push('\n');
    }
}
