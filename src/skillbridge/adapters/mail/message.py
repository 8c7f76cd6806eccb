"""A mail as RFC 5322 wants it."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr

from skillbridge.application.accounts.ports.mails import Mail


def message(mail: Mail, *, sender: str, at: datetime) -> EmailMessage:
    """Text and HTML of one mail; raises ValueError for a line break in a header."""
    made = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    made["From"] = formataddr((mail.sender_name or name, address))
    if mail.reply_to:
        made["Reply-To"] = mail.reply_to
    made["To"] = mail.to
    made["Subject"] = mail.subject
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{mail.key}@{address.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail.text, cte="quoted-printable")
    made.add_alternative(
        f'<!doctype html><html lang="en"><body>{mail.html}</body></html>', subtype="html"
    )
    return made
