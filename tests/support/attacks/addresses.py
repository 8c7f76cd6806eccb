"""Addresses that lead into the network around a server, in the spellings that get past those who compare text.

Families: ranges that are not public, numbers in other notations, IPv4 written into IPv6, names that resolve to
them, other schemes, and addresses that two parsers read differently.
"""

PRIVATE = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1",
    "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "168.63.129.16",
    "::", "::1", "::2", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::c0a8:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    "2001::1", "2001:0:7f00:1::", "2001:10::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1", "fc00::1", "fd00:ec2::254",
    "fd12:3456:789a::1", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1", "ff0e::1", "4000::1", "8000::1",
)  # fmt: skip
PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "41.58.0.1",
    "197.210.0.1",
    "172.32.0.1",
    "2606:4700::1111",
    "2c0f:f930::1",
    "64:ff9b::808:808",
)
SPELLED = (
    "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/",
    "https://0x7f.1/", "https://0177.0.0.1/", "https://0177.1/", "https://017700000001/", "https://00000177.0.0.1/",
    "https://0/", "https://0x0/", "https://127.0.0.1./", "https://[::1]/", "https://[::ffff:7f00:1]/", "https://[0:0:0:0:0:ffff:127.0.0.1]/",
    "https://[::127.0.0.1]/", "https://[fe80::1]/", "https://2852039166/", "https://0xa9fea9fe/", "https://0251.0376.0251.0376/",
    "https://169.254.43518/", "https://3232235521/", "https://192.168.1/", "https://\uff11\uff12\uff17.0.0.1/", "https://127\u30020\u30020\u30021/",
    "https://\u2460\u2461\u2466.0.0.1/", "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://ip6-localhost/",
)  # fmt: skip
"""Each is this machine, or one beside it, to some resolver or parser."""
OTHERWISE = (
    "http://example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org:70/_x", "dict://example.org:11211/",
    "ldap://example.org/", "data:text/plain,x", "https://example.org:22/", "https://example.org:6379/", "https://example.org:8443/",
    "https://name@example.org/", "https://name:word@example.org/", "https://example.org@127.0.0.1/", "https://127.0.0.1@example.org/",
    "https:///", "https://", "//example.org/", "/etc/passwd", "",
)  # fmt: skip
"""No `https:` at its usual port, or with a name before the host."""
