"""From file to file: pictures, folders and clips, with records, skipping and going on.

    from tfstyle import gatys, jobs

    jobs.paint_file("photo.jpg", "painting.jpg", "out.png", gatys.Config(size=512))
    jobs.paint_files("photos", "painting.jpg", "painted", gatys.Config(), skip_existing=True)
    jobs.paint_clip("a.mp4", "b.mp4", "great_wave")

The shell's commands go the same way. What runs many of them elsewhere, a server or a cluster,
makes a `Job` of a `Method`, and `Pair` values by `pairs.resolve`, and calls `picture.paint_all`.
"""

import lazy_loader

# Lazily: who paints pictures need not load what reads clips.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "api": ["paint_file", "paint_files"],
        "method": ["Method", "Resumable", "Synthesizing"],
        "pairs": ["Pair", "State"],
        "picture": ["Job", "PairOutcome", "Status"],
        "video.api": ["paint_clip"],
        "video.job": ["FrameProgress", "VideoJob"],
        "video.outcome": ["ClipOutcome"],
    },
)
