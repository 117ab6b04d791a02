"""A server from its first look for models to its last answer."""

import socket
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import uvicorn

from tfstyle.server import folders
from tfstyle.server.config import MEGABYTE, Config
from tfstyle.server.models import Model, Tell
from tfstyle.server.rest import app, listening
from tfstyle.server.servable import Servable


def serve(
    models: Mapping[str, Path],
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    ready: Callable[[str], None] = lambda address: None,
    tell: Tell = lambda sentence: None,
) -> None:
    """Serves models until it is asked to end, by Ctrl-C or a polite kill; then it answers the rest.

    Args:
        models: folders of numbered versions by the models' names; see `folders.read_models`.
        config: every setting.
        ready: called with the address once requests are taken.
        tell: called with a sentence when a version comes or goes.

    Raises:
        ValueError: a label names no version, or no version of a model can be loaded.
        OSError: the address cannot be listened at.
    """
    labels = folders.read_labels(config.labels or (), models)
    # Before minutes of loading: a port that is taken is said at once.
    with listening.listen(config.host, config.chosen_port) as found:
        if config.is_open:
            warnings.warn(
                f"everybody who reaches {config.host} may use this server: it asks for no password "
                "and encrypts nothing",
                stacklevel=2,
            )
        served = {
            name: Model(name, folder, labels[name], Servable, tell)
            for name, folder in models.items()
        }
        for model in served.values():
            model.update()
            _check_available(model)
        _run(served, config, found, ready, tell)


def _check_available(model: Model) -> None:
    if not model.is_available:
        problems = [each.problem for each in model.statuses() if each.problem]
        raise ValueError(f"model must have a version that can be served. Received: {problems[0]}")


def _run(
    served: Mapping[str, Model],
    config: Config,
    found: socket.socket,
    ready: Callable[[str], None],
    tell: Tell,
) -> None:
    service = app.Service(served, config.threads, config.queue, config.max_body * MEGABYTE, tell)
    settings = uvicorn.Config(
        app.build(service, served, config.poll_seconds, tell),
        backlog=listening.BACKLOG,
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        # Clients that send nonsense are no concern of who runs the server.
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    # Asked for before the end, when the socket has no address any more.
    where = listening.address(found)
    server = listening.Server(settings, lambda: ready(where), service.end)
    server.run([found])
