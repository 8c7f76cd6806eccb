"""Each method of an adapter that looks for something: whom it is for, and who must be kept out."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.integration.walls.facts import LATER, LONG_AGO, Facts
from tests.support.given.cohorts import an_order
from tests.unit.roadmaps.examples import a_brief

from skillbridge.adapters.postgres.audit.columns import ENTRY
from skillbridge.application.accounts.ports.api_tokens import ApiTokenReads, ApiTokens
from skillbridge.application.accounts.ports.identities import (
    AuthorizationRequests,
    Identities,
    IdentityReads,
)
from skillbridge.application.accounts.ports.passkeys import PasskeyReads, Passkeys, SpentChallenges
from skillbridge.application.accounts.ports.phones import PhoneReads, Phones
from skillbridge.application.accounts.ports.proofs import OneTimeProofs
from skillbridge.application.accounts.ports.second_factors import SecondFactorReads, SecondFactors
from skillbridge.application.accounts.ports.sign_ins import SignInReads, SignIns
from skillbridge.application.accounts.ports.users import AccountReads, Registrations, Users
from skillbridge.application.audit import ports as audit
from skillbridge.application.audit.views import Search
from skillbridge.application.cohorts import ports as cohorts
from skillbridge.application.gamification import ports as gamification
from skillbridge.application.matching import ports as matching
from skillbridge.application.mentors import ports as mentors
from skillbridge.application.notifications import ports as notifications
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports import access_tokens, api_tokens, idempotency
from skillbridge.application.ports.field_encryption import SealedRow, SealedRows
from skillbridge.application.privacy import ports as privacy
from skillbridge.application.privacy.views import Term
from skillbridge.application.profiles import ports as profiles
from skillbridge.application.progress import ports as progress
from skillbridge.application.ranking.ports import impressions, pool, ranker
from skillbridge.application.roadmaps import ports as roadmaps
from skillbridge.application.sealed_columns import TOTP_SECRET
from skillbridge.application.tenancy import ports as tenancy
from skillbridge.application.uploads import ports as uploads
from skillbridge.domain.accounts.authorization import bound_to
from skillbridge.domain.accounts.one_time_proof import OneTimeProof, Purpose
from skillbridge.domain.accounts.phone import TextState
from skillbridge.domain.accounts.second_factor import SecondFactor
from skillbridge.domain.actor import Actor
from skillbridge.domain.audit.chain import Seal, Sealed, Written
from skillbridge.domain.audit.entry import Entry
from skillbridge.domain.cohorts.assignment import AssignMode
from skillbridge.domain.ids import PhoneId, ProofId
from skillbridge.domain.privacy.request import RequestKind, RequestState
from skillbridge.domain.ranking.pool_version import version_at
from skillbridge.domain.tenancy.tenant import Tenant, TenantState

Call = Callable[[Any, Facts, Actor], Awaitable[Any]]
Who = tuple[str, tuple[str, ...]]
PRE_AUTHENTICATION: Who = ("door", ("other door",))
SYSTEM: Who = ("system", ("other system",))
SIDE: Who = ("owner", ("newcomer", "impostor"))
LEARNER: Who = ("owner", ("newcomer", "impostor", "other system"))
TENANT: Who = ("owner", ("impostor",))
OPERATOR: Who = ("neighbour", ("other system",))
"""Whom a method is for, and who must be kept out."""


async def of(found: Awaitable[Any], what: Callable[[Any], Any]) -> Any:
    return what(await found)


async def sealed_once(seals: Any, facts: Facts, _: Actor) -> None:
    """What waits in Amina's tenant gets a seal."""
    row = await facts.town.admin.fetchrow(
        "select * from audit_entries where tenant_id = $1 and n is null limit 1",
        facts.town.world.tenant_id,
    )
    assert row
    told = {name: row[name] for name in ENTRY} | {"details": {}}
    await seals.put([Sealed(Written(Entry(**told), row["at"]), Seal(2, bytes(32)), LATER)])


async def unmatched(learners: Any, facts: Facts, by: Actor) -> list[Any]:
    """All of them, and those who are named."""
    named = [facts.town.seeker.user_id]
    return [
        one
        for among in (None, named)
        async for some in learners.unmatched(by, among)
        for one in some
    ]


def a_proof(facts: Facts) -> OneTimeProof:
    """Of a purpose that she has no other of."""
    asked = (Purpose.CHANGE_ADDRESS, facts.amina, LATER, "new@example.org", facts.user.email)
    return OneTimeProof(ProofId(uuid4()), facts.town.world.tenant_id, *asked)


C, M, R = cohorts, matching, roadmaps
TRIES: dict[str, tuple[type, Who, Call]] = {
    "Users.get": (Users, PRE_AUTHENTICATION, lambda p, f, _: p.get(f.amina)),
    "Users.peek": (Users, PRE_AUTHENTICATION, lambda p, f, _: p.peek(f.amina)),
    "Users.find": (Users, PRE_AUTHENTICATION, lambda p, f, _: p.find(f.amina)),
    "Users.owner_of": (Users, PRE_AUTHENTICATION, lambda p, f, _: p.owner_of(f.user.email)),
    "Users.with_email": (Users, PRE_AUTHENTICATION, lambda p, f, _: p.with_email(f.user.email)),
    "Users.save": (Users, PRE_AUTHENTICATION, lambda p, f, _: p.save(f.user)),
    "SecondFactors.of": (SecondFactors, PRE_AUTHENTICATION, lambda p, f, _: p.of(f.amina)),
    "SecondFactors.peek": (SecondFactors, PRE_AUTHENTICATION, lambda p, f, _: p.peek(f.amina)),
    "SecondFactors.put": (
        SecondFactors,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.put(SecondFactor(f.amina, b"another", LATER)),
    ),
    "SecondFactors.remove": (
        SecondFactors,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.remove(f.amina),
    ),
    "SealedRows.sealed_by": (
        SealedRows,
        SYSTEM,
        lambda p, f, _: p.sealed_by(TOTP_SECRET, [f.sealed_secret[:6]], limit=9),
    ),
    "SealedRows.move": (
        SealedRows,
        SYSTEM,
        lambda p, f, _: p.move(TOTP_SECRET, SealedRow(f.amina, f.sealed_secret), b"another", None),
    ),
    "SecondFactorReads.of": (
        SecondFactorReads,
        SIDE,
        lambda p, _, by: of(p.of(by), lambda it: it.active),
    ),
    "Phones.of": (Phones, PRE_AUTHENTICATION, lambda p, f, _: p.of(f.amina, verified=False)),
    "Phones.put": (
        Phones,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.put(replace(f.phone, id=PhoneId(uuid4()))),
    ),
    "Phones.confirm": (
        Phones,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.confirm(f.phone, (f.phone.number_index,), most=5, at=LATER),
    ),
    "Phones.remove": (Phones, PRE_AUTHENTICATION, lambda p, f, _: p.remove(f.amina)),
    "Phones.begin_text": (
        Phones,
        SYSTEM,
        lambda p, f, _: p.begin_text(replace(f.phone, text_id=ProofId(uuid4()))),
    ),
    "Phones.end_text": (
        Phones,
        SYSTEM,
        lambda p, f, _: p.end_text(replace(f.phone, text_state=TextState.SENT)),
    ),
    "PhoneReads.of": (PhoneReads, SIDE, lambda p, _, by: p.of(by)),
    "Passkeys.with_credential": (
        Passkeys,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.with_credential(f.passkey.credential_id),
    ),
    "Passkeys.of": (Passkeys, PRE_AUTHENTICATION, lambda p, f, _: p.of(f.amina)),
    "Passkeys.save": (Passkeys, PRE_AUTHENTICATION, lambda p, f, _: p.save(f.passkey)),
    "Passkeys.remove": (Passkeys, PRE_AUTHENTICATION, lambda p, f, _: p.remove(f.passkey)),
    "PasskeyReads.of": (PasskeyReads, SIDE, lambda p, _, by: p.of(by)),
    "PasskeyReads.one": (PasskeyReads, SIDE, lambda p, f, by: p.one(by, f.id("passkey_id"))),
    "SpentChallenges.forget": (
        SpentChallenges,
        SYSTEM,
        lambda p, _, __: p.forget(LATER, limit=9),
    ),
    "SignIns.presenting": (SignIns, PRE_AUTHENTICATION, lambda p, f, _: p.presenting(f.token)),
    "SignIns.must_live": (
        SignIns,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.must_live(f.amina, f.sign_in.id, at=LONG_AGO),
    ),
    "SignIns.save": (SignIns, PRE_AUTHENTICATION, lambda p, f, _: p.save(f.sign_in)),
    "SignIns.revoke_all": (
        SignIns,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.revoke_all(f.amina, at=LATER),
    ),
    "SignIns.any_of": (SignIns, PRE_AUTHENTICATION, lambda p, f, _: p.any_of(f.amina)),
    "SignIns.revoke": (
        SignIns,
        SIDE,
        lambda p, f, _: p.revoke(f.sign_in.id, at=LONG_AGO),
    ),
    "SignIns.revoke_everybodys": (
        SignIns,
        SYSTEM,
        lambda p, _, __: p.revoke_everybodys(at=LATER),
    ),
    "SignIns.forget": (SignIns, SYSTEM, lambda p, _, __: p.forget(LATER, limit=9)),
    "SignInReads.newest": (
        SignInReads,
        TENANT,
        lambda p, _, by: p.newest(by, PageRequest(9), here=[]),
    ),
    "EndedSignIns.among": (
        access_tokens.EndedSignIns,
        TENANT,
        lambda p, f, by: p.among(by.tenant_id, [f.ended]),
    ),
    "ApiTokens.living": (
        ApiTokens,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.living(f.amina, at=LONG_AGO),
    ),
    "ApiTokens.end": (
        ApiTokens,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.end(f.amina, "laptop", at=LONG_AGO),
    ),
    "ApiTokens.end_all": (
        ApiTokens,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.end_all(f.amina, at=LONG_AGO),
    ),
    "ApiTokens.end_everybodys": (
        ApiTokens,
        SYSTEM,
        lambda p, _, __: p.end_everybodys(at=LONG_AGO),
    ),
    "ApiTokens.living_of_services": (
        ApiTokens,
        SYSTEM,
        lambda p, _, __: p.living_of_services(at=LONG_AGO),
    ),
    "ApiTokens.end_of_service": (
        ApiTokens,
        SYSTEM,
        lambda p, _, __: p.end_of_service("sums", at=LONG_AGO),
    ),
    "ApiTokenReads.of_services": (ApiTokenReads, SYSTEM, lambda p, _, by: p.of_services(by)),
    "ApiTokens.forget": (ApiTokens, SYSTEM, lambda p, _, __: p.forget(LATER, limit=9)),
    "ApiTokenReads.of": (ApiTokenReads, SIDE, lambda p, _, by: p.of(by)),
    "HeldTokens.holding": (
        api_tokens.HeldTokens,
        TENANT,
        lambda p, f, by: p.holding(api_tokens.ParsedToken(by.tenant_id, f.api_token_hash)),
    ),
    "HeldTokens.used": (
        api_tokens.HeldTokens,
        PRE_AUTHENTICATION,
        lambda p, f, by: p.used(by.tenant_id, f.api_token, at=LATER),
    ),
    "Profiles.get": (profiles.Profiles, TENANT, lambda p, f, _: p.get(f.amina)),
    "Profiles.save": (profiles.Profiles, TENANT, lambda p, f, _: p.save(f.profile)),
    "ProfileReads.me": (profiles.ProfileReads, TENANT, lambda p, _, by: p.me(by)),
    "AccountReads.newest": (AccountReads, SYSTEM, lambda p, _, by: p.newest(by, limit=9)),
    "AccountReads.administrators": (
        AccountReads,
        SYSTEM,
        lambda p, _, by: p.administrators(by, limit=9),
    ),
    "AccountReads.search": (
        AccountReads,
        SYSTEM,
        lambda p, f, by: p.search(by, f.user.email, PageRequest(9)),
    ),
    "Registrations.get": (
        Registrations,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.get(f.registration),
    ),
    "Registrations.of_address": (
        Registrations,
        PRE_AUTHENTICATION,
        lambda p, _, __: p.of_address("waits@example.org", at=LONG_AGO, limit=9),
    ),
    "Registrations.guess": (
        Registrations,
        PRE_AUTHENTICATION,
        lambda p, _, __: p.guess("waits@example.org", at=LONG_AGO),
    ),
    "Registrations.end": (
        Registrations,
        PRE_AUTHENTICATION,
        lambda p, _, __: p.end("waits@example.org"),
    ),
    "Registrations.forget": (Registrations, SYSTEM, lambda p, _, __: p.forget(LATER, limit=9)),
    "Identities.found": (
        Identities,
        PRE_AUTHENTICATION,
        lambda p, _, __: p.found("https://github.test", "583231"),
    ),
    "Identities.of": (Identities, PRE_AUTHENTICATION, lambda p, f, _: p.of(f.amina)),
    "Identities.remove": (
        Identities,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.remove(f.id("identity_id")),
    ),
    "IdentityReads.of": (IdentityReads, SIDE, lambda p, _, by: p.of(by)),
    "AuthorizationRequests.get": (
        AuthorizationRequests,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.get(f.begun),
    ),
    "AuthorizationRequests.take": (
        AuthorizationRequests,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.take(f.begun, "campus", bound_to(f.sign_in.id), f.amina, at=LONG_AGO),
    ),
    "AuthorizationRequests.hold": (
        AuthorizationRequests,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.hold(f.coded, at=LATER, until=LATER),
    ),
    "AuthorizationRequests.let_go": (
        AuthorizationRequests,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.let_go(f.coded, 10, until=LATER),
    ),
    "AuthorizationRequests.forget": (
        AuthorizationRequests,
        SYSTEM,
        lambda p, _, __: p.forget(LATER, limit=9),
    ),
    "OneTimeProofs.get": (OneTimeProofs, PRE_AUTHENTICATION, lambda p, f, _: p.get(f.proof)),
    "OneTimeProofs.replace": (
        OneTimeProofs,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.replace(a_proof(f)),
    ),
    "OneTimeProofs.guess": (
        OneTimeProofs,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.guess(Purpose.RESET_PASSWORD, f.amina, at=LONG_AGO),
    ),
    "OneTimeProofs.guess_at": (
        OneTimeProofs,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.guess_at(f.proof, at=LONG_AGO),
    ),
    "OneTimeProofs.use": (
        OneTimeProofs,
        PRE_AUTHENTICATION,
        lambda p, f, _: p.use(f.proof, at=LONG_AGO),
    ),
    "OneTimeProofs.end": (OneTimeProofs, PRE_AUTHENTICATION, lambda p, f, _: p.end(f.amina)),
    "OneTimeProofs.forget": (
        OneTimeProofs,
        SYSTEM,
        lambda p, _, __: p.forget(LATER, limit=9),
    ),
    "Roadmaps.get": (R.Roadmaps, LEARNER, lambda p, f, _: p.get(f.id("roadmap_id"))),
    "Roadmaps.save": (R.Roadmaps, SYSTEM, lambda p, f, _: p.save(f.roadmap)),
    "Roadmaps.drafting_like": (
        R.Roadmaps,
        TENANT,
        lambda p, f, _: p.drafting_like(f.amina, a_brief()),
    ),
    "RoadmapReads.one": (
        R.RoadmapReads,
        LEARNER,
        lambda p, f, by: p.one(by, f.id("roadmap_id")),
    ),
    "RoadmapReads.mine": (
        R.RoadmapReads,
        LEARNER,
        lambda p, _, by: p.mine(by, PageRequest(9)),
    ),
    "RoadmapReads.generation": (
        R.RoadmapReads,
        LEARNER,
        lambda p, f, by: p.generation(by, f.id("roadmap_id")),
    ),
    "RoadmapReads.brief": (
        R.RoadmapReads,
        LEARNER,
        lambda p, f, by: p.brief(by, f.id("roadmap_id")),
    ),
    "Journeys.get": (
        progress.Journeys,
        SIDE,
        lambda p, f, by: p.get(by.user_id, f.id("roadmap_id")),
    ),
    "Journeys.save": (
        progress.Journeys,
        SIDE,
        lambda p, f, by: p.save(replace(f.journey, learner_id=by.user_id)),
    ),
    "Activities.first": (gamification.Activities, SYSTEM, lambda p, f, _: p.first(f.amina, 9)),
    "BadgeReads.own": (
        gamification.BadgeReads,
        SIDE,
        lambda p, _, by: of(p.own(by), lambda found: found[0]),
    ),
    "JourneyReads.of": (
        progress.JourneyReads,
        SIDE,
        lambda p, f, by: p.of(by, f.id("roadmap_id")),
    ),
    "Mentors.find": (
        mentors.Mentors,
        LEARNER,
        lambda p, f, _: p.find(f.amina),
    ),
    "Mentors.look_up": (mentors.Mentors, TENANT, lambda p, f, _: p.look_up(f.amina)),
    "Mentors.save": (mentors.Mentors, TENANT, lambda p, f, _: p.save(f.mentor)),
    "MentorReads.search": (
        mentors.MentorReads,
        TENANT,
        lambda p, _, by: p.search(by, mentors.MentorSearch(), PageRequest(9)),
    ),
    "MentorReads.own": (mentors.MentorReads, SIDE, lambda p, _, by: p.own(by)),
    "MentorReads.one": (mentors.MentorReads, TENANT, lambda p, f, by: p.one(by, f.amina)),
    "MentorReads.several": (mentors.MentorReads, TENANT, lambda p, f, by: p.several(by, [f.amina])),
    "Matches.get": (M.Matches, LEARNER, lambda p, f, _: p.get(f.id("match_id"))),
    "Matches.waiting_of": (M.Matches, TENANT, lambda p, f, _: p.waiting_of(f.amina)),
    "Matches.open_between": (
        M.Matches,
        TENANT,
        lambda p, f, _: p.open_between(f.amina, f.match.mentor_id),
    ),
    "Matches.pair_status": (
        M.Matches,
        SYSTEM,
        lambda p, f, _: p.pair_status(f.amina, f.match.mentor_id),
    ),
    "Matches.overdue": (M.Matches, SYSTEM, lambda p, _, __: p.overdue(LATER, limit=9)),
    "Matches.save": (M.Matches, TENANT, lambda p, f, _: p.save(f.match)),
    "MatchReads.mine": (
        M.MatchReads,
        SIDE,
        lambda p, _, by: p.mine(by, PageRequest(9), side=None, status=None),
    ),
    "MatchReads.one": (M.MatchReads, SIDE, lambda p, f, by: p.one(by, f.id("match_id"))),
    "CohortRuns.at_work_on": (
        C.CohortRuns,
        SYSTEM,
        lambda p, _, __: p.at_work_on(an_order(AssignMode.STABLE)),
    ),
    "CohortRuns.get": (C.CohortRuns, SYSTEM, lambda p, f, _: p.get(f.id("cohort_id"))),
    "CohortRuns.overdue": (C.CohortRuns, SYSTEM, lambda p, _, __: p.overdue(LATER, limit=9)),
    "CohortRuns.save": (C.CohortRuns, SYSTEM, lambda p, f, _: p.save(f.run)),
    "Placements.waiting": (
        C.Placements,
        SYSTEM,
        lambda p, f, _: p.waiting(f.id("cohort_id"), limit=9),
    ),
    "Placements.get": (
        C.Placements,
        SYSTEM,
        lambda p, f, _: p.get(f.id("cohort_id"), f.town.seeker.user_id),
    ),
    "Placements.save": (C.Placements, SYSTEM, lambda p, f, _: p.save(f.placement)),
    "Placements.counts": (C.Placements, SYSTEM, lambda p, f, _: p.counts(f.id("cohort_id"))),
    "CohortReads.one": (C.CohortReads, OPERATOR, lambda p, f, by: p.one(by, f.id("cohort_id"))),
    "CohortReads.several": (
        C.CohortReads,
        OPERATOR,
        lambda p, _, by: p.several(by, PageRequest(9)),
    ),
    "CohortReads.placements": (
        C.CohortReads,
        OPERATOR,
        lambda p, f, by: p.placements(by, f.id("cohort_id"), PageRequest(9), state=None),
    ),
    "Learners.learner": (ranker.Learners, TENANT, lambda p, _, by: p.learner(by)),
    "Learners.unmatched": (ranker.Learners, SYSTEM, unmatched),
    "MentorPool.candidates": (
        pool.MentorPool,
        SYSTEM,
        lambda p, _, by: of(p.candidates(by.tenant_id), lambda pool: pool[1]),
    ),
    "MentorPool.changes_since": (
        pool.MentorPool,
        SYSTEM,
        lambda p, _, by: of(
            p.changes_since(by.tenant_id, version_at(0, datetime.now(UTC))),
            lambda delta: [*delta.upserts, *delta.removals],
        ),
    ),
    "MentorPool.seal": (
        pool.MentorPool,
        SYSTEM,
        lambda p, f, by: of(p.seal(by.tenant_id), lambda seal: seal.digest == f.digest),
    ),
    "MentorPool.known": (
        pool.MentorPool,
        SYSTEM,
        lambda p, f, by: of(p.known(by.tenant_id, [f.amina], 0), lambda known: known[1]),
    ),
    "Impressions.forget": (
        impressions.Impressions,
        SYSTEM,
        lambda p, _, __: p.forget(LATER, limit=9),
    ),
    "ImpressionReads.page": (
        impressions.ImpressionReads,
        SYSTEM,
        lambda p, _, by: p.page(by, LONG_AGO, LATER, PageRequest(9)),
    ),
    "TenantStates.get": (
        tenancy.TenantStates,
        SYSTEM,
        lambda p, f, _: of(p.get(), lambda it: it.id == f.town.world.tenant_id),
    ),
    "TenantStates.save": (
        tenancy.TenantStates,
        SYSTEM,
        lambda p, f, _: p.save(Tenant(f.town.world.tenant_id, "", "", TenantState.ACTIVE)),
    ),
    "SettingsVersions.newest": (
        tenancy.SettingsVersions,
        OPERATOR,
        lambda p, _, __: of(p.newest(), lambda found: found[0]),
    ),
    "SettingsVersions.at": (tenancy.SettingsVersions, OPERATOR, lambda p, _, __: p.at(1)),
    "SettingsReads.newest": (
        tenancy.SettingsReads,
        OPERATOR,
        lambda p, _, by: of(p.newest(by), lambda found: found.version),
    ),
    "SettingsReads.versions": (
        tenancy.SettingsReads,
        OPERATOR,
        lambda p, _, by: p.versions(by, PageRequest(9)),
    ),
    "KeptAnswers.forget": (
        idempotency.KeptAnswers,
        SYSTEM,
        lambda p, _, __: p.forget(LATER, limit=9),
    ),
    "Seals.hold": (audit.Seals, SYSTEM, lambda p, _, __: of(p.hold(), lambda seal: seal.n)),
    "Seals.waiting": (audit.Seals, SYSTEM, lambda p, _, __: p.waiting(9)),
    "Seals.put": (audit.Seals, SYSTEM, sealed_once),
    "RaisedSignals.last_told": (audit.RaisedSignals, SYSTEM, lambda p, _, __: p.last_told()),
    "RaisedSignals.after": (audit.RaisedSignals, SYSTEM, lambda p, _, __: p.after(0)),
    "SignalReads.counts": (
        audit.SignalReads,
        OPERATOR,
        lambda p, _, by: p.counts(by, datetime(2020, 1, 1, tzinfo=UTC)),
    ),
    "AuditReads.search": (
        audit.AuditReads,
        OPERATOR,
        lambda p, _, by: p.search(by, Search(), PageRequest(9)),
    ),
    "AuditReads.chain": (audit.AuditReads, OPERATOR, lambda p, _, by: p.chain(by, 0, 9)),
    "AuditReads.bounds": (
        audit.AuditReads,
        SYSTEM,
        lambda p, _, by: of(p.bounds(by), lambda found: found.last or found.retired),
    ),
    "PrivacyRequests.newest": (
        privacy.PrivacyRequests,
        SIDE,
        lambda p, _, by: p.newest(by.user_id, RequestKind.ERASURE),
    ),
    "PrivacyRequests.get": (
        privacy.PrivacyRequests,
        SYSTEM,
        lambda p, f, _: p.get(f.erasure.id),
    ),
    "PrivacyRequests.overdue": (
        privacy.PrivacyRequests,
        SYSTEM,
        lambda p, _, __: p.overdue(LATER, limit=9),
    ),
    "PrivacyRequests.cancel": (
        privacy.PrivacyRequests,
        SIDE,
        lambda p, f, _: p.cancel(replace(f.erasure, state=RequestState.CANCELLED, ended_at=LATER)),
    ),
    "PrivacyRequests.save": (
        privacy.PrivacyRequests,
        SYSTEM,
        lambda p, f, _: p.save(replace(f.erasure, receipts={"accounts": {"users": 1}})),
    ),
    "Exports.put": (privacy.Exports, SYSTEM, lambda p, f, _: p.put(f.erasure, b"zip", LATER)),
    "PrivacyReads.export": (privacy.PrivacyReads, SIDE, lambda p, _, by: p.export(by)),
    "PrivacyReads.archive": (privacy.PrivacyReads, SIDE, lambda p, _, by: p.archive(by)),
    "PrivacyReads.erasure": (privacy.PrivacyReads, SIDE, lambda p, _, by: p.erasure(by)),
    "PrivacyReads.register": (
        privacy.PrivacyReads,
        SYSTEM,
        lambda p, _, by: p.register(by, limit=9),
    ),
    "Uploads.room": (
        uploads.Uploads,
        SIDE,
        lambda p, _, __: of(p.room(), lambda room: room.open_uploads),
    ),
    "Uploads.get": (uploads.Uploads, LEARNER, lambda p, f, _: p.get(f.upload.id)),
    "Uploads.save": (uploads.Uploads, LEARNER, lambda p, f, _: p.save(f.upload)),
    "Uploads.remove": (uploads.Uploads, LEARNER, lambda p, f, _: p.remove(f.upload.id)),
    "Uploads.expired": (uploads.Uploads, SYSTEM, lambda p, _, __: p.expired(LATER, limit=9)),
    "UploadReads.one": (uploads.UploadReads, SIDE, lambda p, f, by: p.one(by, f.upload.id)),
    "Avatars.put": (uploads.Avatars, SYSTEM, lambda p, f, _: p.put(f.avatar)),
    "Avatars.remove": (uploads.Avatars, SIDE, lambda p, _, by: p.remove(by.user_id)),
    "AvatarReads.of": (uploads.AvatarReads, TENANT, lambda p, f, by: p.of(by, f.amina)),
    "AvatarReads.owner": (
        uploads.AvatarReads,
        TENANT,
        lambda p, f, by: p.owner(by, f.id("avatar_id")),
    ),
    "PersonalData.export": (
        privacy.PersonalData,
        SYSTEM,
        lambda p, f, _: of(p.export("profiles", f.amina), lambda found: found["profiles"]),
    ),
    "PersonalData.erase": (
        privacy.PersonalData,
        SYSTEM,
        lambda p, f, _: of(
            p.erase("gamification", f.amina, at=LATER), lambda found: found["trophies"]
        ),
    ),
    "PersonalData.left": (
        privacy.PersonalData,
        SYSTEM,
        lambda p, f, _: p.left("profiles", f.amina),
    ),
    "Retention.due": (
        privacy.Retention,
        SYSTEM,
        lambda p, _, __: p.due(Term("notices", 0, "created_at"), LATER),
    ),
    "Retention.forget": (
        privacy.Retention,
        SYSTEM,
        lambda p, _, __: p.forget(Term("notices", 0, "created_at"), LATER, limit=9),
    ),
    "Matches.open_of": (M.Matches, SYSTEM, lambda p, f, _: p.open_of(f.amina)),
    "People.names": (notifications.People, SYSTEM, lambda p, f, _: p.names([f.amina])),
    "Notices.add": (notifications.Notices, SYSTEM, lambda p, f, _: p.add(f.notice)),
    "Notices.mark_read": (
        notifications.Notices,
        SIDE,
        lambda p, f, by: p.mark_read(by.user_id, f.id("notice_id"), LATER),
    ),
    "Notices.mark_all_read": (
        notifications.Notices,
        SIDE,
        lambda p, _, by: p.mark_all_read(by.user_id, LATER),
    ),
    "NoticeReads.newest": (
        notifications.NoticeReads,
        SIDE,
        lambda p, _, by: p.newest(by, PageRequest(9)),
    ),
    "NoticeReads.unread": (notifications.NoticeReads, SIDE, lambda p, _, by: p.unread(by)),
}
