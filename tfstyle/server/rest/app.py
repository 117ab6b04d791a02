"""The routes: what each request is answered with."""

import asyncio
import contextlib
import functools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from tfstyle.server.bodies import answers, requests
from tfstyle.server.models import Model, Tell, not_found, unfailing
from tfstyle.server.refusals import Code, Refusal
from tfstyle.server.rest import arrival, desk, metrics, paths
from tfstyle.server.rest.paths import Asked

JSON = "application/json"

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""Those that are answered, be it with what TF Serving says of them."""

BODIES = 8
"""So many of the largest bodies may be in memory, or one for each thread."""

Endpoint = Callable[[Request], Awaitable[Response]]


class Service:
    """What answers, with the models and all that it keeps from request to request."""

    def __init__(
        self, models: Mapping[str, Model], threads: int, queue: int, max_bytes: int, tell: Tell
    ) -> None:
        """Takes the models by name and the limits; see `config.Config`."""
        self._models, self._max_bytes, self._tell = models, max_bytes, unfailing(tell)
        self.most_bytes = max(threads, BODIES) * max_bytes
        """Of all bodies that are in work."""
        self._desk = desk.Desk(threads, queue, self.most_bytes)
        self._metrics = metrics.Metrics()
        self._is_ending = False

    def end(self) -> None:
        """Lets every answer from now on be the last on its connection."""
        self._is_ending = True

    async def predict(self, request: Request, asked: Asked) -> Response:
        """Answers a `:predict`, and counts it."""
        began, code = time.monotonic(), Code.INTERNAL
        try:
            with self._desk.place() as hold:
                body = await arrival.read_body(request, self._max_bytes, hold)
                began = time.monotonic()
                encoding = request.headers.get("content-encoding", "")
                work = functools.partial(self._predict, asked, body, encoding)
                answer = await self._desk.answer(request, work)
                code = Code.OK
                return Response(answer, media_type=JSON)
        except Refusal as refusal:
            code = refusal.code
            raise
        except ClientDisconnect:
            code = Code.CANCELLED
            raise
        finally:
            known = asked.model if asked.model in self._models else ""
            seconds = time.monotonic() - began if code is Code.OK else None
            self._metrics.count(known, code, seconds)

    def _predict(self, asked: Asked, body: bytes, encoding: str) -> bytes:
        """Returns the answer of a `:predict`; runs in a thread of its own."""
        # Held to the end of this function, whatever becomes of the version meanwhile.
        _, servable = self._model(asked).find(asked.version, asked.label)
        whole = arrival.unpacked(body, encoding, self._max_bytes)
        parsed = requests.parse(whole, servable.signature)
        outputs = servable.predict(parsed.signature, parsed.inputs)
        return answers.predictions(outputs, parsed.form)

    def _model(self, asked: Asked) -> Model:
        found = self._models.get(asked.model)
        if found is None and asked.verb == "status":
            sentence = f"Could not find any versions of model {asked.model}"
            raise Refusal(Code.NOT_FOUND, sentence)
        if found is None:
            raise not_found(asked.model, asked.version)
        return found

    def describe(self, asked: Asked) -> Response:
        """Answers what versions there are, or what the signatures of one take and give."""
        model = self._model(asked)
        if asked.verb == "status":
            body = answers.statuses(model.statuses(asked.version, asked.label))
        else:
            version, servable = model.find(asked.version, asked.label)
            body = answers.metadata(asked.model, version, servable.definitions)
        return Response(body, media_type=JSON)

    async def api(self, request: Request) -> Response:
        """Answers what TF Serving's API has."""
        asked = paths.read(request.method, request.scope["raw_path"].decode("ascii", "replace"))
        if asked.verb == "predict":
            return await self.predict(request, asked)
        if asked.verb in ("classify", "regress"):
            raise Refusal(Code.UNIMPLEMENTED, f":{asked.verb} is not served; :predict is")
        return self.describe(asked)

    async def health(self, request: Request) -> Response:
        """Answers whether requests may be sent: each model has a version, and no end is near."""
        missing = [name for name, model in self._models.items() if not model.is_available]
        if self._is_ending or missing:
            sentence = "ending" if self._is_ending else f"no version of {', '.join(missing)}"
            return Response(f"{sentence}\n", Code.UNAVAILABLE.value, media_type="text/plain")
        return Response("ok\n", media_type="text/plain")

    async def monitor(self, request: Request) -> Response:
        """Answers Prometheus."""
        self._metrics.set_in_work(self._desk.taken)
        return Response(self._metrics.page(), media_type="text/plain")

    async def nothing(self, request: Request) -> Response:
        """Answers what is no route."""
        raise Refusal(Code.NOT_FOUND, f"nothing is at {request.url.path}; see /v1/models/NAME")

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """Returns the endpoint, whose refusals and mistakes are answers as well."""

        async def answer(request: Request) -> Response:
            try:
                response = await endpoint(request)
            except Refusal as refusal:
                response = _refused(refusal)
            except ClientDisconnect:
                # Nobody reads it.
                response = Response(status_code=Code.INVALID_ARGUMENT.value)
            except Exception as error:
                self._tell(f"a mistake of ours at {request.url.path}: {error!r}")
                response = _refused(Refusal(Code.INTERNAL, f"a mistake of the server's: {error!r}"))
            if self._is_ending:
                response.headers["Connection"] = "close"
            return response

        return answer


def _refused(refusal: Refusal) -> Response:
    response = Response(answers.error(str(refusal)), refusal.code.value, media_type=JSON)
    if isinstance(refusal, desk.Full):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def build(
    service: Service, models: Mapping[str, Model], poll_seconds: float, tell: Tell
) -> Starlette:
    """Returns the application, which also looks for new versions while it runs."""
    endpoints = {
        "/healthz": service.health,
        metrics.PATH: service.monitor,
        "/v1/{rest:path}": service.api,
        "/{rest:path}": service.nothing,
    }
    routes = [
        Route(path, service.guarded(endpoint), methods=METHODS)
        for path, endpoint in endpoints.items()
    ]

    @contextlib.asynccontextmanager
    async def polling(app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(_poll(models, poll_seconds, unfailing(tell)))
        try:
            yield
        finally:
            task.cancel()

    return Starlette(routes=routes, lifespan=polling)


async def _poll(models: Mapping[str, Model], seconds: float, tell: Tell) -> None:
    told: dict[str, str] = {}
    while True:
        await asyncio.sleep(seconds)
        for name, model in models.items():
            try:
                await asyncio.to_thread(model.update)
                told.pop(name, None)
            # Such as of a folder that must not be read for a while: one failure ends no looking.
            except Exception as error:
                if told.get(name) != str(error):
                    told[name] = str(error)
                    tell(f"{name}: no new versions can be looked for: {error}")
