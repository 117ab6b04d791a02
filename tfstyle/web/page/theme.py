"""How the page looks: a paper's colours by day, a dark room's by night, the system's own fonts."""

from typing import Any

import gradio as gr

FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Ubuntu", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "DejaVu Sans Mono", "monospace")

CSS = """
.gradio-container { max-width: 1180px !important; margin: 0 auto !important; }
#title h1 { font-size: 1.9rem; font-weight: 600; letter-spacing: -0.01em; margin: 0.6rem 0 0; }
#title p { opacity: 0.75; margin: 0.15rem 0 0.4rem; }
.quiet p { opacity: 0.75; font-size: 0.92rem; margin: 0; }
#status { min-height: 3.2rem; }
#status .line { margin: 0; }
#status .bar { height: 6px; border-radius: 3px; margin-top: 0.5rem; overflow: hidden;
  background: var(--border-color-primary); }
#status .bar div { height: 100%; background: var(--color-accent); transition: width 0.4s; }
#status .refused { border-left: 4px solid #b3402a; padding-left: 0.7rem; }
#status img { display: block; max-width: 100%; margin: 0.8rem auto 0; border-radius: 8px; }
#command textarea { font-family: var(--font-mono); font-size: 0.85rem; }
#clip button[aria-label*="rim"] { display: none; }
.dark { color-scheme: dark; }
#trained, #history { height: auto !important; min-height: 0 !important; }
#trained .grid-wrap, #history .grid-wrap {
  height: auto !important; min-height: 0 !important; max-height: 22rem; overflow-x: hidden; }
#trained .grid-container { grid-template-columns: repeat(4, minmax(0, 1fr)); }
#history .grid-container { grid-template-columns: repeat(5, minmax(0, 1fr)); }
.gradio-container { --focus: #b4532a; }
.dark .gradio-container, .gradio-container.dark { --focus: #e08a5c; }
:focus-visible { outline: 2px solid var(--focus) !important; outline-offset: 1px; }
#history .caption-label, #trained .caption-label { font-size: 0.75rem; }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@media (max-width: 640px) {
  .gradio-container { padding: 0.6rem !important; }
  #title h1 { font-size: 1.5rem; }
  #history .grid-container { grid-template-columns: repeat(3, minmax(0, 1fr)); }
}
"""
"""What the theme has no name for."""


def make() -> gr.themes.Base:
    """Returns the theme; its fonts are the system's, so that none is fetched."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.orange,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_lg,
        font=[gr.themes.Font(name) for name in FONT],
        font_mono=[gr.themes.Font(name) for name in MONO],
    ).set(**_colors())


def _colors() -> dict[str, Any]:
    accent, by_night = "#b4532a", "#e08a5c"
    return {
        "body_background_fill": "#f6f2ea",
        "body_background_fill_dark": "#191715",
        "block_background_fill": "#fffdf8",
        "block_background_fill_dark": "#23201d",
        "block_border_color": "#e4dccd",
        "block_border_color_dark": "#3a352f",
        "block_label_background_fill": "#fffdf8",
        "block_label_background_fill_dark": "#23201d",
        "color_accent": accent,
        "slider_color": accent,
        "slider_color_dark": by_night,
        "button_primary_background_fill": accent,
        "button_primary_background_fill_dark": by_night,
        "button_primary_background_fill_hover": "#984420",
        "button_primary_background_fill_hover_dark": "#eba27a",
        "button_primary_text_color": "#ffffff",
        "button_primary_text_color_dark": "#191715",
    }
