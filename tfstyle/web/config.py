"""The settings of the page."""

import dataclasses

from tfstyle import settings
from tfstyle.optimization import pyramid
from tfstyle.settings import setting


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of the page; the only home of its defaults."""

    host: str = setting(
        "127.0.0.1", "The address to listen at; beyond this machine's own, give auth as well."
    )
    port: int = setting(7860, "The port to listen at.", minimum=1, maximum=65_535)
    auth: str | None = setting(None, "What a visitor has to know, as user:password; none asks.")
    max_size: int = setting(
        1024,
        "Longest side that may be asked for.",
        unit="pixels",
        minimum=128,
        maximum=pyramid.GREATEST,
    )
    time_limit: int = setting(
        900,
        "How long one picture may be optimised or one clip be painted; what is painted by then is "
        "kept.",
        unit="seconds",
        minimum=1,
        maximum=1e6,
    )
    max_clip: float = setting(
        10.0, "How much of a clip is painted.", unit="seconds", minimum=0.1, maximum=1e6
    )
    max_upload: int = setting(
        50, "Largest file that may be uploaded.", unit="megabytes", minimum=1, maximum=10_000
    )
    queue: int = setting(
        8, "How many pictures may wait; who comes later is told to.", minimum=1, maximum=1000
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)
        self.credentials()

    def credentials(self) -> tuple[str, str] | None:
        """Returns the user and the password; None where nobody is asked.

        Raises:
            ValueError: one of them is missing.
        """
        if self.auth is None:
            return None
        user, _, password = self.auth.partition(":")
        if not (user and password):
            # Not what was received: a password belongs on no screen.
            raise ValueError("auth must be user:password, neither of them empty.")
        return user, password
