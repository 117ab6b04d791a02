"""The commands by name: what each does, and the modules that it is made of."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Command:
    """A row of `COMMANDS`: the method's module has `Config`, the runner's has `Files` and `run`.

    A runner whose words are no flags has `main` instead, which takes them as they are.
    """

    help: str
    module: str
    runner: str
    brief: bool = False
    """Whether it is over before kernels that take a second more to make are worth it."""
    needs: tuple[str, ...] = ()
    """What it needs of `process.OPTIONAL`; the others are hidden from it."""
    settings: str = ""
    """The module of `Config`, where that of the method would load TensorFlow with it."""


# Modules are named, not imported: most of them load TensorFlow, which --help does without.
COMMANDS = {
    "gatys": Command(
        "Paint by optimising the pixels (Gatys et al., 2015): any style, minutes a picture.",
        "tfstyle.methods.gatys",
        "tfstyle.cli.commands.pictures",
    ),
    "apply": Command(
        "Paint in one pass of a network trained for the style (Johnson et al., 2016).",
        "tfstyle.methods.feed_forward",
        "tfstyle.cli.commands.apply",
        brief=True,
    ),
    "swap": Command(
        "Paint with patches of any picture's features (Chen and Schmidt, 2016): seconds a picture.",
        "tfstyle.methods.style_swap",
        "tfstyle.cli.commands.pictures",
    ),
    "prepare": Command(
        "Prepare a style once for swap: for folders, clips and many calls.",
        "tfstyle.methods.style_swap",
        "tfstyle.cli.commands.prepare",
        settings="tfstyle.methods.style_swap.style_settings",
    ),
    "video": Command(
        "Paint a clip by one of these methods so that it does not flicker (Ruder et al., 2016).",
        "tfstyle.methods.video",
        "tfstyle.cli.commands.video.command",
    ),
    "quilt": Command(
        "Sew a picture of a texture's blocks: more of it, or a photograph (Efros and Freeman).",
        "tfstyle.methods.quilting",
        "tfstyle.cli.commands.quilt",
    ),
    "analogy": Command(
        "Filter a picture as another one was, or paint it so (Hertzmann et al., 2001).",
        "tfstyle.methods.analogies",
        "tfstyle.cli.commands.analogy",
    ),
    "styles": Command(
        "List what a trained network can paint, and draw it all on one sheet.",
        "tfstyle.methods.feed_forward",
        "tfstyle.cli.commands.styles",
        brief=True,
    ),
    "train": Command(
        "Train a network of one or more styles on a folder of photographs.",
        "tfstyle.training.stylizer",
        "tfstyle.cli.commands.train",
        settings="tfstyle.training.stylizer_config",
    ),
    "train_inverse": Command(
        "Train the network that paints any style's swapped features (Chen and Schmidt, 2016).",
        "tfstyle.training.inverse",
        "tfstyle.cli.commands.train",
        settings="tfstyle.training.inverse_config",
    ),
    "export": Command(
        "Write a trained network for TF Serving, ONNX Runtime or LiteRT.",
        "tfstyle.export.savedmodel",
        "tfstyle.cli.commands.export",
        brief=True,
        settings="tfstyle.export.config",
    ),
    "serve": Command(
        "Serve exported networks on this machine, with the REST API of TF Serving.",
        "tfstyle.server",
        "tfstyle.cli.commands.serve",
        settings="tfstyle.server.config",
    ),
    "info": Command(
        "Tell what is installed and at hand: versions, devices, weights and extras.",
        "tfstyle.cli.commands.info",
        "tfstyle.cli.commands.info",
        brief=True,
    ),
    "web": Command(
        "Open a page to paint in: for people who want no flags.",
        "tfstyle.web",
        "tfstyle.cli.commands.web",
        # Gradio's tables. Its plots, for which it imports Matplotlib, are not on the page.
        needs=("pandas",),
    ),
    "completion": Command(
        "Print the script by which bash or zsh completes these commands and their flags.",
        "tfstyle.cli.commands.completion",
        "tfstyle.cli.commands.completion",
        brief=True,
    ),
}
