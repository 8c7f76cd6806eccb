"""A copy of what is kept: whole, without secrets, signed, and for its person alone."""

import io
import json
from dataclasses import replace
from hashlib import sha256
from zipfile import ZipFile

import jsonschema_rs
import pytest
from joserfc import jws
from joserfc.jwk import OKPKey
from tests.support.given.learning import a_roadmap, modules
from tests.support.given.privacy import somebody
from tests.support.given.world import World

from skillbridge.application.privacy.exports import DownloadExport, MakeExport, RequestExport
from skillbridge.application.privacy.ports import Archives, PrivacyReads
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
from skillbridge.domain.events.privacy import ExportRequested
from skillbridge.domain.privacy.request import NoExport, RequestState

pytestmark = pytest.mark.row("C9")


async def exported(world: World, actor: Actor) -> dict[str, bytes]:
    await world.do(RequestExport, actor)
    await world.settle()
    with ZipFile(io.BytesIO(await world.do(DownloadExport, actor))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_it_holds_what_is_kept_and_validates_against_its_schema(world: World) -> None:
    amina = await somebody(world)
    roadmap_id = await a_roadmap(world, amina, modules(1, 2))
    files = await exported(world, amina)
    whole = json.loads(files["data.json"])
    jsonschema_rs.validator_for(json.loads(files["schema.json"])).validate(whole)
    assert whole["person"] == str(amina.user_id)
    assert [one["id"] for one in whole["data"]["roadmaps"]["roadmaps"]] == [str(roadmap_id)]
    assert len(whole["data"]["profiles"]["profiles"]) == 1
    assert len(whole["data"]["accounts"]["users"]) == 1


async def test_it_is_signed_by_a_key_that_is_published(world: World) -> None:
    files = await exported(world, await somebody(world))
    archives: Archives = await world.api.get(Archives)
    (key,) = archives.keys()
    public = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": key.point})
    signed = jws.deserialize_compact(
        files["signature.jws"].decode(), public, algorithms=["Ed25519"]
    )
    said = json.loads(signed.payload)
    assert said == {name: sha256(files[name]).hexdigest() for name in ("data.json", "schema.json")}


async def test_no_secret_is_in_it(world: World) -> None:
    files = await exported(world, await somebody(world))
    for secret in (b"argon2", b"password_hash", b"sealed_secret"):
        assert secret not in files["data.json"]


async def test_asked_again_within_a_day_it_is_the_same_one(world: World) -> None:
    amina = await somebody(world)
    first = await world.do(RequestExport, amina)
    assert (await world.do(RequestExport, amina)).id == first.id
    await world.settle()
    again = await world.do(RequestExport, amina)
    assert (again.id, again.state) == (first.id, RequestState.DONE)
    subjects = [mail.subject for mail in await world.mails()]
    assert subjects.count("The copy of your data is ready") == 1


async def test_both_asking_and_downloading_want_a_fresh_proof(world: World) -> None:
    amina = await somebody(world)
    stale = replace(amina, proved_at=None)
    with pytest.raises(StepUpNeeded):
        await world.do(RequestExport, stale)
    await exported(world, amina)
    with pytest.raises(StepUpNeeded):
        await world.do(DownloadExport, stale)


async def test_its_size_is_told_before_the_download(world: World) -> None:
    amina = await somebody(world)
    with pytest.raises(NoExport):
        await world.ask(PrivacyReads, "export", amina)
    await world.do(RequestExport, amina)
    assert (await world.ask(PrivacyReads, "export", amina)).size is None
    await world.settle()
    view = await world.ask(PrivacyReads, "export", amina)
    assert view.size == len(await world.do(DownloadExport, amina))


async def test_nobody_else_gets_it(world: World) -> None:
    amina, bola = await somebody(world), await world.learner()
    await exported(world, amina)
    with pytest.raises(NoExport):
        await world.ask(PrivacyReads, "archive", bola)
    with pytest.raises(NoExport):
        await world.ask(PrivacyReads, "export", bola)


async def test_made_twice_it_is_made_once(world: World) -> None:
    amina = await somebody(world)
    asked = await world.do(RequestExport, amina)
    await world.settle()
    again = ExportRequested(request_id=asked.id, user_id=amina.user_id, at=asked.asked_at)
    await world.do(MakeExport, world.system(), again)
    await world.settle()
    subjects = [mail.subject for mail in await world.mails()]
    assert subjects.count("The copy of your data is ready") == 1
