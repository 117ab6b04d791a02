"""Looking for new versions while the server runs, with a stand-in for the model."""

import asyncio
import errno

from tfstyle.server.rest import app

PATIENCE = 10.0
"""Seconds after which a server that looks no more has failed."""


class Model:
    """Fails at its first two looks, with the same words."""

    is_available = True

    def __init__(self):
        self.looks = 0

    def update(self):
        self.looks += 1
        if self.looks <= 2:
            raise PermissionError("not for you")


def look_four_times(model, tell):
    models = {"pair": model}
    service = app.Service(models, 1, 1, 100, tell)
    served = app.build(service, models, 0.001, tell)

    async def look():
        async with served.router.lifespan_context(served):
            while model.looks < 4:
                await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(look(), PATIENCE))


def test_a_look_that_fails_is_told_once_and_ends_no_looking():
    said = []
    look_four_times(Model(), said.append)
    assert said == ["pair: no new versions can be looked for: not for you"]


def test_a_failure_that_cannot_be_told_ends_no_looking():
    def fail(sentence):
        raise OSError(errno.ENOSPC, "No space left on device")

    look_four_times(Model(), fail)
