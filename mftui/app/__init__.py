"""The Textual app: thin, and loading nothing that its first frame doesn't need."""

import os

_TEXTUAL = {
    "ESCDELAY": "400",  # a split arrow key over a slow link otherwise reads as escape
    "TEXTUAL_FPS": "60",  # at 15 a key waits for up to 97 ms, at 30 41, at 60 36; what is drawn at rest is the same
    "TEXTUAL_ANIMATIONS": "none",
}


def run(path: str | None = None) -> int:
    """Open the app, on a dataset by name or path, on a run by its directory, or on what was last trained.

    Returns the exit code.
    """
    for name, value in _TEXTUAL.items():
        os.environ.setdefault(name, value)
    from mftui.app.app import MftuiApp  # reads the environment when it is imported

    app = MftuiApp(path)
    app.run()
    return app.return_code or 0
