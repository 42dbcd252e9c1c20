"""Addresses as the messenger takes them: what it makes of one, or why it takes it not."""

import re

ADDRESS = re.compile(
    r"(?:(?P<protocol>[^:/?#@\[\]]*)://)?(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL
)
APP = re.compile(r"(?i)(?P<name>tg|ton):(?://)?(?P<address>.*)", re.DOTALL)
APP_HOST = re.compile(r"[A-Za-z0-9_-]*")
HOST = re.compile(r"(?:[\w.!$,~*'();&+=-]|%[0-9A-Fa-f]{2}|[^\x00-\x7f])*", re.ASCII)
PORT = re.compile(r":(?P<port>[^:@\]]*)$")
PORTS = range(1, 65536)


class LinkBroken(Exception):
    """This is no address; the text says why."""


def checked_link(link: str) -> str:
    """The address as it is kept, with a protocol and a path."""
    link = link.strip()
    app = APP.fullmatch(link)
    protocol, host, rest = _parted(app["address"] if app else link)
    if app:
        if not APP_HOST.fullmatch(host):
            raise LinkBroken("Unallowed characters in URL host")
        path = rest.removeprefix("/") if rest.startswith("/?") else rest
        return f"{app['name'].lower()}://{host}{path}"
    if "." not in host and not host.startswith("["):
        raise LinkBroken("Wrong HTTP URL")
    return f"{protocol}://{host}{rest}"


def _parted(link: str) -> tuple[str, str, str]:
    """Protocol, host with user and port, and the rest of an address."""
    found = ADDRESS.fullmatch(link)
    assert found, "the pattern matches everything"
    protocol = (found["protocol"] or "").lower()
    if found["protocol"] is not None and protocol not in ("http", "https"):
        raise LinkBroken("Unsupported URL protocol")
    authority = found["authority"]
    port = PORT.search(authority)
    if port and (not port["port"].isascii() or not port["port"].isdecimal()):
        raise LinkBroken("Wrong port number specified in the URL")
    if port and int(port["port"]) not in PORTS:
        raise LinkBroken("Wrong port number specified in the URL")
    user, at, host = authority[: port.start() if port else None].rpartition("@")
    if not host:
        raise LinkBroken("URL host is empty")
    if host == ".":
        raise LinkBroken("Host is invalid")
    if not host.startswith("[") and not HOST.fullmatch(host):
        raise LinkBroken("Disallowed character in URL host")
    rest = found["rest"].rstrip() or "/"
    rest = rest if rest.startswith("/") else f"/{rest}"
    return protocol or "http", f"{user}{at}{host.lower()}{port[0] if port else ''}", rest
