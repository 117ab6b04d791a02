"""The settings of a server; no TensorFlow is loaded here: `tfstyle serve --help` needs none."""

import dataclasses
import ipaddress

from tfstyle import settings
from tfstyle.settings import setting

MEGABYTE = 2**20
"""Bytes."""


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of a server; the only home of its defaults."""

    host: str = setting(
        "127.0.0.1",
        "The address to listen at; others than this machine's own let everybody in who reaches it.",
        placeholder="ADDRESS",
    )
    port: int = setting(
        8501, "The port of the REST API; 0 takes one that is free.", minimum=0, maximum=65535
    )
    rest_api_port: int | None = setting(
        None, "What TF Serving calls port; it takes its place.", minimum=0, maximum=65535
    )
    labels: tuple[str, ...] | None = setting(
        None,
        "Names for versions, such as stable=1 or my_styles/stable=1; what has a label stays served "
        "beside the newest version.",
    )
    max_body: int = setting(
        64, "The largest body of a request.", unit="megabytes", minimum=1, maximum=4096
    )
    threads: int = setting(
        2, "How many requests are answered at the same time.", minimum=1, maximum=256
    )
    queue: int = setting(
        64, "How many more may wait; others get the status 503.", minimum=0, maximum=100_000
    )
    poll_seconds: float = setting(
        1.0,
        "How often to look for new versions, TF Serving's file_system_poll_wait_seconds.",
        unit="seconds",
        minimum=0.01,
        maximum=86_400,
    )

    def __post_init__(self) -> None:
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)

    @property
    def chosen_port(self) -> int:
        """The port, by whichever name it was given."""
        return self.port if self.rest_api_port is None else self.rest_api_port

    @property
    def is_open(self) -> bool:
        """Whether other machines may reach the server."""
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"
