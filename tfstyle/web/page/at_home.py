"""What browsers are told: nothing of the page comes from, or goes to, another address."""

from typing import Any

POLICY = "; ".join(
    [
        # gradio's scripts and styles stand in the page itself.
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)
"""Reference: W3C Content Security Policy Level 3."""

HEADERS = (
    (b"content-security-policy", POLICY.encode("ascii")),
    (b"referrer-policy", b"no-referrer"),
)


class AtHome:
    """Adds the headers to every answer of an ASGI application."""

    def __init__(self, app: Any):
        """Takes the application."""
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers as the application does, with the headers."""

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = message | {"headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        await self._app(scope, receive, send_with_headers)
