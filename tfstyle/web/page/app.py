"""The page as a whole, and the server that shows it until Ctrl-C."""

import contextlib
import os
import shutil
import tempfile
import threading
import warnings
from pathlib import Path
from typing import Any

from tfstyle.networks import pretrained
from tfstyle.system import extras
from tfstyle.web import address, thumbnails
from tfstyle.web.config import Config
from tfstyle.web.visits import Visit

SEVERAL_HOURS = 6 * 3600
"""Seconds after which gradio's own copies of pictures are removed."""

TITLE = "# tfstyle\nA photograph, painted in the style of a picture. It stays on this machine."


def serve(config: Config, tell: Any = lambda address: None) -> None:
    """Shows the page until it is asked to end, and removes all that was sent and made.

    Ctrl-C, a polite kill and a closed terminal ask for that.

    Args:
        config: the settings.
        tell: called with the page's address as soon as it answers.

    Raises:
        ValueError: gradio is not installed, or the address cannot be had.
        KeyboardInterrupt: it was asked to end before the page was open.
    """
    # gradio reads these as it is loaded: nothing is reported to anybody.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    extras.load("gradio", "web", "the page")
    address.check(config)
    root = Path(tempfile.mkdtemp(prefix="tfstyle_web_"))
    os.environ["GRADIO_TEMP_DIR"] = str(root / "gradio")
    try:
        _serve(config, root, tell)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _serve(config: Config, root: Path, tell: Any) -> None:
    from starlette.middleware import Middleware

    from tfstyle.web.page import keyboard, naming, theme
    from tfstyle.web.page.at_home import AtHome

    page = build(config, root)
    # `launch` has its own words for the terminal, and offers to share the page with the world.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, url, _ = page.queue(max_size=config.queue, api_open=False).launch(
            server_name=address.in_url(config.host),
            server_port=config.port,
            auth=config.credentials(),
            share=False,
            max_file_size=f"{config.max_upload}mb",
            app_kwargs={"middleware": [Middleware(AtHome)]},
            footer_links=[],
            enable_monitoring=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            quiet=True,
            prevent_thread_lock=True,
            theme=theme.make(),
            css=theme.CSS,
            head=naming.SCRIPT + keyboard.SCRIPT,
        )
    # A page that is asked to end has done its work; gradio's own waiting has words of its own.
    try:
        with contextlib.suppress(KeyboardInterrupt):
            # Whoever reads the address may ask for the end at once.
            tell(url)
            threading.Event().wait()
    finally:
        page.close(verbose=False)


def build(config: Config, root: Path) -> Any:
    """Returns the page, a `gradio.Blocks`, whose visits have their folders in `root`."""
    import gradio as gr

    from tfstyle.web.page import fields, outcome
    from tfstyle.web.page.actions import Actions

    shown = root / "shown"
    shown.mkdir()
    shutil.copy(pretrained.PHOTOGRAPH, shown)
    with gr.Blocks(
        title="tfstyle", analytics_enabled=False, delete_cache=(600, SEVERAL_HOURS)
    ) as page:
        visit = gr.State(delete_callback=lambda visit: visit and visit.end())
        gr.Markdown(TITLE, elem_id="title")
        with gr.Row():
            with gr.Column(scale=2, min_width=320):
                chosen = fields.build(config, thumbnails.paint(shown), shown)
            with gr.Column(scale=3, min_width=320):
                seen = outcome.build()
        connect(page, visit, root, Actions(config, chosen, seen))
    return page


def connect(page: Any, visit: Any, root: Path, actions: Any) -> None:
    """Binds what a visitor does to what happens then."""
    fields, out = actions.fields, actions.outcome
    at_once = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    page.load(lambda: Visit(root), None, visit, **at_once)
    groups = list(fields.groups.values())
    fields.values["method"].change(
        actions.choose_method, fields.values["method"], groups, **at_once
    )
    fields.trained.select(actions.choose_style, None, fields.values["trained"], **at_once)
    for flag, field in fields.uploads():
        check = actions.checked(flag, field)
        field.change(check, [visit, field], [out.status, field], preprocess=False, **at_once)
    _connect_brush(visit, actions, at_once)
    begun = out.paint.click(
        actions.begin,
        [visit, fields.values["method"]],
        [out.status, out.stop],
        **at_once,
    )
    painted = begun.then(
        actions.paint,
        [visit, *fields.inputs()],
        [out.status, out.paint, *out.shown()],
        # One at a time: two would halve each other's speed, and double the memory.
        concurrency_limit=1,
        # See `uploads.as_upload`.
        preprocess=False,
        show_progress_on=out.status,
        api_visibility="private",
    )
    painted.then(actions.end, None, [out.paint, out.stop], **at_once)
    out.stop.click(actions.stop, visit, None, **at_once)
    out.history.select(actions.recall, visit, [out.status, *out.shown()], **at_once)


def _connect_brush(visit: Any, actions: Any, at_once: dict[str, Any]) -> None:
    fields, status = actions.fields, actions.outcome.status
    brush, values = fields.brush, fields.values
    inputs, shown = [visit, values["photo"]], [status, brush.editor]
    brush.begin.click(actions.lay_under, inputs, shown, preprocess=False, **at_once)
    brush.end.click(
        actions.take_map, [visit, brush.editor], [status, values["content_regions"]], **at_once
    )
