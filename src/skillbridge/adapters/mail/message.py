"""A mail as RFC 5322 wants it."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from skillbridge.application.accounts.ports.mails import Mail


def message(mail: Mail, *, sender: str, at: datetime) -> EmailMessage:
    """Text and HTML of one mail; raises ValueError for a line break in a header."""
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = mail.to
    made["Subject"] = mail.subject
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{mail.key}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail.text, cte="quoted-printable")
    made.add_alternative(
        f'<!doctype html><html lang="en"><body>{mail.html}</body></html>', subtype="html"
    )
    return made
