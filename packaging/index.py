#!/usr/bin/env python3
"""A package index on the loopback interface, for trying wheels and npm packages before they are published.

usage: index.py FOLDER...

Serves the files of these folders: /simple/ as pip reads it, /npm/ as npm reads it, /files/ as they are. Prints the port.
"""

import base64
import hashlib
import json
import re
import sys
import tarfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

FOLDERS = [Path(a) for a in sys.argv[1:]]


def files(pattern):
    return sorted(p for folder in FOLDERS for p in folder.glob(pattern))


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def simple(name):
    """The page about a project: a link to each of its wheels."""
    links = []
    for path in files("*.whl"):
        if normal(path.name.split("-")[0]) == normal(name):
            total = hashlib.sha256(path.read_bytes()).hexdigest()
            links.append(f'<a href="/files/{path.name}#sha256={total}">{path.name}</a>')
    return "<!DOCTYPE html><html><body>" + "\n".join(links) + "</body></html>" if links else None


def packument(name, address):
    """What npm asks first about a package: its versions, and where each lies."""
    versions = {}
    for path in files("*.tgz"):
        with tarfile.open(path) as tar:
            package = json.load(tar.extractfile("package/package.json"))
        if package["name"] == name:
            data = path.read_bytes()
            integrity = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
            package["dist"] = {"tarball": f"{address}/files/{path.name}", "integrity": integrity,
                               "shasum": hashlib.sha1(data).hexdigest()}
            versions[package["version"]] = package
    return {"name": name, "dist-tags": {"latest": max(versions)}, "versions": versions} if versions else None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, code, kind, data):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def do_GET(self):
        path = unquote(self.path.split("?")[0])
        kind, _, name = path.strip("/").partition("/")
        if kind == "files":
            found = next(iter(files(name)), None) if re.fullmatch(r"[\w.+-]+", name) else None
            if found:
                return self.answer(200, "application/octet-stream", found.read_bytes())
        elif kind == "simple" and (page := simple(name)):
            return self.answer(200, "text/html", page.encode())
        elif kind == "npm" and (found := packument(name, f"http://{self.headers['Host']}")):
            return self.answer(200, "application/json", json.dumps(found).encode())
        self.answer(404, "text/plain", b"not here\n")

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
