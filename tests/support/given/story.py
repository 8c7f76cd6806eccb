"""The story of a learner, told to a server over HTTP."""

from skillbridge.entrypoints.cli.story import Story


async def three_modules_done(story: Story) -> None:
    """Registers, follows a roadmap and completes its first three modules."""
    await story.register_and_sign_in()
    await story.fill_in_profile()
    async for _ in story.follow_roadmap("Become a data analyst", "data-analysis"):
        pass
    async for _ in story.complete_modules(await story.roadmap(), 3):
        pass
