"""What stands in an address is what was meant, or it is refused; no piece of a secret is shown."""

import traceback
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_network
from urllib.parse import quote

import pytest
from granian.utils.proxies import _Forwarders
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio.connection import parse_url

from skillbridge.settings import (
    ApiKey,
    DatabaseUrl,
    HttpUrl,
    Network,
    Origin,
    PublicUrl,
    RedisUrl,
    Sender,
    SmtpUrl,
)
from skillbridge.settings.addresses import SecurityContact

pytestmark = pytest.mark.row("A3")

SERVERS = [
    (SmtpUrl, "smtp://ada:{}@mail.example:587"),
    (SmtpUrl, "smtps://ada:{}@mail.example"),
    (RedisUrl, "rediss://ada:{}@mail.example:6379/0"),
    (DatabaseUrl, "postgresql://ada:{}@mail.example:5432/db?sslmode=require"),
]
AnyUrl = type[SmtpUrl] | type[RedisUrl] | type[DatabaseUrl]
SEEN = st.characters(exclude_categories=["C", "Z"])
MARK = "Zq7Xw"
PASSWORDS = st.text(SEEN | st.sampled_from("@#/?%:[]\\,&=+ \"'"), min_size=1, max_size=20)


def refusal(kind: type[str], text: str) -> str:
    with pytest.raises(ValueError, match=r".+") as refused:
        kind(text)
    return str(refused.value)


@given(PASSWORDS, st.sampled_from(SERVERS))
def test_a_password_of_any_signs_is_read_as_it_was_encoded(
    password: str, server: tuple[AnyUrl, str]
) -> None:
    kind, form = server
    parts = kind(form.format(quote(password, safe=""))).parts
    assert (parts.user, parts.password) == ("ada", password)
    assert parts.hosts[0][0] == "mail.example"


@given(PASSWORDS, PASSWORDS, st.sampled_from(SERVERS))
def test_a_password_that_is_not_encoded_is_refused_or_read_but_never_leads_elsewhere(
    before: str, after: str, server: tuple[AnyUrl, str]
) -> None:
    kind, form = server
    try:
        made = kind(form.format(f"{before}{MARK}{after}"))
    except ValueError as error:
        told = "".join(traceback.format_exception(error, chain=True))
        assert not any(piece in told for piece in (MARK[:3], MARK[1:4], MARK[2:]))
    else:
        assert made.parts.hosts[0][0] == "mail.example"
        assert made.parts.user == "ada"
        assert MARK in str(made.parts.password)


@pytest.mark.parametrize("password", ["p@ss#w", "p#w", "p/w", "1/w", "p?w", "p[w", "50%w", "p:@w"])
@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server[1])
def test_a_sign_that_an_address_keeps_for_itself_is_told_with_how_to_write_it(
    server: tuple[AnyUrl, str], password: str
) -> None:
    kind, form = server
    assert "write @ as %40, # as %23" in refusal(kind, form.format(password))


@given(PASSWORDS)
def test_redis_reads_what_we_read(password: str) -> None:
    made = RedisUrl(f"rediss://ada:{quote(password, safe='')}@mail.example:7000/3")
    found = parse_url(made)
    assert (found["password"], found["host"], found["port"]) == (password, "mail.example", 7000)
    assert found["db"] == 3


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        (SmtpUrl, "mail.example.org:25", "must begin with smtp:// or smtps://"),
        (SmtpUrl, "http://mail.example.org", "must begin with smtp:// or smtps://"),
        (SmtpUrl, "smtp://", "must name one host"),
        (SmtpUrl, "smtp://a:b@", "must name one host"),
        (SmtpUrl, "smtp://a,b", "must name one host"),
        (SmtpUrl, "smtp://h:0", "the port is a number from 1 to 65535"),
        (SmtpUrl, "smtp://h:65536", "the port is a number from 1 to 65535"),
        (SmtpUrl, "smtp://h:x", "must look like"),
        (SmtpUrl, "smtp://256.1.1.1", "neither a name nor an address"),
        (SmtpUrl, "smtp://-h", "neither a name nor an address"),
        (SmtpUrl, "smtp://h_ö", "neither a name nor an address"),
        (SmtpUrl, "smtp://[::g]", "write @ as %40"),
        (SmtpUrl, "smtp://[1::2::3]", "neither a name nor an address"),
        (SmtpUrl, "smtp://h/x", "nothing may follow"),
        (SmtpUrl, "smtp://h?x=y", "nothing may follow"),
        (SmtpUrl, "smtp://ada@h", "a name and a password go together"),
        (SmtpUrl, "smtp://a:p%FF@h", "no UTF-8"),
        (SmtpUrl, "smtp://a:p%00@h", "a sign that nobody sees stands inside (U+0000)"),
        (SmtpUrl, "smtp://a:p\u200b@h", "a sign that nobody sees stands inside (U+200B)"),
        (RedisUrl, "cache:6379", "must begin with redis:// or rediss:// or unix://"),
        (RedisUrl, "redis://h/zero", "the number of a database"),
        (RedisUrl, "redis://h?warp=9", "warp= is not known"),
        (RedisUrl, "redis://h?db=x", "db= wants a number"),
        (RedisUrl, "redis://h?db", "must be name=value"),
        (HttpUrl, "matcher:9000", "must begin with http:// or https://"),
        (HttpUrl, "http://u:p@h", "no name and no password belong into it"),
        (HttpUrl, "http://", "must name one host"),
        (HttpUrl, "http://a,b", "must name one host"),
        (HttpUrl, "http://h#x", "write @ as %40"),
        (HttpUrl, "https://api.openai.com\u200b/v1", "(U+200B)"),
        (PublicUrl, "https://h/?x=y", "nothing may follow a ?"),
        (Origin, "https://x/y", "says more than an origin: keep https://x"),
        (Origin, "https://u:p@x", "says more than an origin: keep https://x"),
        (Origin, "x.example.org", "must begin with http:// or https://"),
        (Origin, "https://x,y", "an origin has one host"),
        (Network, "10.0.0.0/33", "'10.0.0.0/33' is no network"),
        (Network, "localhost", "'localhost' is no network"),
        (Network, "10.0.0", "'10.0.0' is no network"),
        (Network, "10.0.0.0/8/8", "is no network"),
        (ApiKey, "sk-\u200babc", "(U+200B)"),
        (ApiKey, "sk-\u00a0abc", "(U+00A0)"),
        (ApiKey, "sk-a\nbc", "(U+000A)"),
        (ApiKey, "sk-a bc", "a blank or a sign that is not ASCII"),
        (ApiKey, "sk-äbc", "a blank or a sign that is not ASCII"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(kind: type[str], text: str, told: str) -> None:
    assert told in refusal(kind, text)


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        (Origin, "https://x/", "https://x"),
        (Origin, "HTTPS://App.Example.ORG:443", "https://app.example.org"),
        (Origin, "http://localhost:3000", "http://localhost:3000"),
        (Origin, "http://[::1]:3000", "http://[::1]:3000"),
        (PublicUrl, "https://x/api/", "https://x/api"),
        (HttpUrl, "http://h:9000/", "http://h:9000"),
        (HttpUrl, "https://h/v1/?api-version=1", "https://h/v1?api-version=1"),
        (Network, "127.0.0.1/8", "127.0.0.0/8"),
        (Network, "10.0.0.7", "10.0.0.7"),
        (Network, "10.0.0.7/32", "10.0.0.7"),
        (Network, "FD00::1/16", "fd00::/16"),
        (RedisUrl, "valkeys://h:6379/0", "rediss://h:6379/0"),
        (RedisUrl, "unix:///run/valkey.sock?db=1", "unix:///run/valkey.sock?db=1"),
        (SmtpUrl, "SMTP://h", "smtp://h"),
        (SmtpUrl, "smtp://u:p w@h", "smtp://u:p%20w@h"),
        (SecurityContact, "security@example.org", "mailto:security@example.org"),
        (SecurityContact, "https://example.org/security/", "https://example.org/security"),
        (SecurityContact, "", ""),
    ],
)
def test_what_does_no_harm_is_read_in_its_normal_form(
    kind: type[str], text: str, read: str
) -> None:
    assert kind(text) == read
    assert kind(read) == read


def test_what_is_read_differently_is_told() -> None:
    assert Origin("https://x/").notes == ("https://x/ is read as https://x, as browsers write it",)
    assert Network("127.0.0.1/8").notes == ("127.0.0.1/8 is read as the whole network 127.0.0.0/8",)
    assert Origin("https://x").notes == Network("10.0.0.0/8").notes == Network("*").notes == ()


@given(st.ip_addresses().flatmap(lambda ip: st.tuples(
    st.just(ip), st.integers(0, ip.max_prefixlen)
)))  # fmt: skip
def test_an_address_is_in_the_network_that_it_was_written_with(pair: tuple[object, int]) -> None:
    address, length = pair
    network = Network(f"{address}/{length}")
    assert address in ip_network(network)
    assert str(address) in _Forwarders([network])


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://mail.example.org", "mail.example.org", 587, False),
        ("smtps://mail.example.org", "mail.example.org", 465, True),
        ("smtp://[::1]:25", "::1", 25, False),
        ("smtps://a:p%40ss@h:2465", "h", 2465, True),
    ],
)
def test_where_the_mail_server_is(url: str, host: str, port: int, tls: bool) -> None:
    made = SmtpUrl(url)
    assert (made.host, made.port, made.encrypts) == (host, port, tls)
    assert "p@ss" not in repr(made)
    assert "p@ss" not in repr(made.parts)


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("SkillBridge <no-reply@x.org>", "SkillBridge", "no-reply@x.org"),
        ("SkillBridge, Inc. <no-reply@x.org>", "SkillBridge, Inc.", "no-reply@x.org"),
        ('"SkillBridge, Inc." <no-reply@x.org>', "SkillBridge, Inc.", "no-reply@x.org"),
        ('"SkillBridge <no-reply@x.org>"', "SkillBridge", "no-reply@x.org"),
        ("'SkillBridge <no-reply@x.org>'", "SkillBridge", "no-reply@x.org"),
        ('The "Bridge" <no-reply@x.org>', 'The "Bridge"', "no-reply@x.org"),
        ("Brücke <no-reply@x.org>", "Brücke", "no-reply@x.org"),
        ("<no-reply@x.org>", "", "no-reply@x.org"),
        ("no-reply@x.org", "", "no-reply@x.org"),
    ],
)
def test_a_sender_is_one_address_with_its_name(text: str, name: str, address: str) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Sender(text)
    [read] = mail["From"].addresses
    assert (read.display_name, read.addr_spec) == (name, address)
    assert Sender(text).domain == "x.org"
    assert Sender(Sender(text)) == Sender(text)


@pytest.mark.parametrize(
    "text",
    ["SkillBridge", "a@b", "@x.org", "a@", "x <a@x.org", "x a@x.org>", "a@x.org, b@x.org",
     "<a@x.org> <b@x.org>", "a b@x.org", "a@x .org", "x <a@x.org>\u200b", "<a@>", '"', "a@ü.org"],
)  # fmt: skip
def test_what_is_no_sender_is_refused(text: str) -> None:
    assert "is no sender: write SkillBridge <no-reply@example.org>" in refusal(Sender, text)


@pytest.mark.parametrize(
    "text",
    ["security", "http://example.org", "a@b", "a b@example.org", "a@example.org\nContact: b"],
)
def test_nobody_is_told_of_a_weakness_in_the_clear_or_nowhere(text: str) -> None:
    with pytest.raises(ValueError, match=r"neither an address|nobody sees"):
        SecurityContact(text)
