"""The Textual app: thin, and loading nothing that its first frame doesn't need."""

import os

_TEXTUAL = {
    "ESCDELAY": "400",  # a split arrow key over a slow link otherwise reads as escape
    # A key is answered by the next frame: on a busy machine within 123 ms at 15 a second, 83 at 30, 41 at 60 (95th
    # percentile). Nothing is drawn between, so that the bytes are the same: 6.4 kB/s while a run is watched.
    "TEXTUAL_FPS": "60",
    "TEXTUAL_ANIMATIONS": "none",
}


def run(path: str | None = None) -> int:
    """Open the app, on a dataset by name or path, on a run by its directory, or on what was last trained.

    Returns the exit code.
    """
    for name, value in _TEXTUAL.items():
        os.environ.setdefault(name, value)
    from mftui.app.app import MftuiApp  # reads the environment when it is imported
    from mftui.app.plain import draw_plainly

    draw_plainly()
    app = MftuiApp(path)
    app.keeps_screens = True
    app.run()
    return app.return_code or 0
