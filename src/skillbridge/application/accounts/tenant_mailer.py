"""Mails as their tenant wants them to look."""

from dataclasses import dataclass, replace
from html import escape

from skillbridge.application.accounts.ports.mails import Mail, Mailer
from skillbridge.application.known_tenants import KnownTenants
from skillbridge.domain.ids import TenantId

OURS = "SkillBridge"
BAR = (
    '<p style="background:{colour};color:#ffffff;padding:12px;font-weight:bold">{name}</p>\n{html}'
)


@dataclass(frozen=True, slots=True)
class TenantMailer:
    """The tenant's name in place of ours, its colour over the mail, its footer under it, and where replies go.

    A tenant that decided nothing leaves a mail as it is. Raises what `Mailer.send` does.
    """

    mailer: Mailer
    tenants: KnownTenants

    async def send(self, tenant_id: TenantId, mail: Mail) -> None:
        settings = (await self.tenants.now(tenant_id)).settings
        own = settings.branding
        if own == type(own)():
            return await self.mailer.send(mail)
        footer = f"\n-- \n{own.footer}\n" if own.footer else ""
        said = "<br>".join(map(escape, own.footer.split("\n")))
        html = _named(mail.html, escape(own.name)) + (
            f"\n<p><small>{said}</small></p>" if said else ""
        )
        return await self.mailer.send(
            replace(
                mail,
                subject=_named(mail.subject, own.name),
                text=_named(mail.text, own.name) + footer,
                html=BAR.format(colour=own.colour, name=escape(own.name), html=html),
                sender_name=None if own.name == OURS else own.name,
                reply_to=own.reply_to,
            )
        )


def _named(words: str, name: str) -> str:
    return words.replace(OURS, name)
