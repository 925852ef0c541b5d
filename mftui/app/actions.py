"""The one table of what can be done, by screen: keys, footer, palette and help are all made from it.

A screen lists `BINDINGS = bindings(DATA)` and `ACTIONS = DATA`; the method of an action is `action_<name>` as in any
Textual class, and `check_action` hides what can't be done now from the footer and the palette.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType


@dataclass(frozen=True)
class Action:
    """Something a person can do, and the key that does it."""

    keys: str
    """One key, or several with commas between: `"s"`, `"j,down"`."""
    call: str
    """Textual's action string: `"start"`, `"app.mode('train')"`."""
    label: str
    """One or two words, for the footer."""
    meaning: str
    """A short sentence for help and palette."""
    footer: bool = True
    priority: bool = False
    """Acted on before the next key is looked at, as what is typed into must be; and while something is typed."""
    palette: bool = True
    display: str | None = None
    """The key as it is shown, where that differs."""

    @property
    def name(self) -> str:
        """What it is called where a person gives it another key; empty where it only goes along with others."""
        return self.label.lower() if self.footer or self.palette else ""

    def shown(self, own: Mapping[str, str]) -> str:
        """Its key as help and palette show it, where a person has given some actions other keys."""
        keys = own.get(self.name) or self.display or self.keys
        return keys.replace(",", " ").replace("ctrl+", "^").replace("question_mark", "?")


APP = (
    Action("1", "app.mode('data')", "Data", "The ratings: figures, histograms and the movies", footer=False),
    Action("2", "app.mode('train')", "Train", "Train a model and watch its loss", footer=False),
    Action("3", "app.mode('evaluation')", "Evaluate", "How good the model is, beside baselines", footer=False),
    Action("4", "app.mode('clusters')", "Clusters", "What the model has learnt, as groups of movies", footer=False),
    Action("5", "app.mode('recommend')", "Recommend", "What a model would show you, and why", footer=False),
    Action("6", "app.mode('runs')", "Runs", "All runs: find, compare, name, resume and delete them", footer=False),
    Action("question_mark", "app.explain", "Help", "Explain this screen and its keys", display="?"),
    Action("ctrl+p", "app.command_palette", "Actions", "Find any action by name", palette=False, display="^p"),
    Action("q", "app.leave", "Quit", "Leave mftui; asks first when a run is going"),
    Action("ctrl+q", "app.leave", "Quit", "The same, also while editing", footer=False, priority=True, palette=False),
    Action("ctrl+z", "app.suspend_process", "Suspend", "Back to the shell; `fg` returns", footer=False, palette=False),
    Action("ctrl+t", "app.next_theme", "Theme", "The next colour theme: dark, light, the terminal's own", footer=False),
)

MOVING = (
    Action("j", "down", "Down", "Down; arrow keys do the same", display="j k"),
    Action("g", "top", "Top", "To the beginning, to the end", display="g G"),
    Action("tab", "next", "Next pane", "To the next pane, to the one before", display="tab ⇧tab"),
    Action("escape", "back", "Back", "Back one level", display="esc"),
)
"""Keys that lists and tables understand themselves, for the help."""


def _typing(call: str, label: str, meaning: str) -> Action:
    """What opens a line to type in."""
    return Action("slash", call, label, meaning, display="/", priority=True)


_SORTING = (
    Action("s", "sort", "Sort", "Sort by the next column"),
    Action("S", "reverse", "Reverse", "Turn the order around", footer=False),
)

DATA = (
    Action("f", "fetch", "Fetch", "Fetch this dataset from the first mirror that has it"),
    Action("x", "cancel", "Cancel", "End the fetching or reading that is going on"),
    _typing("filter", "Filter", "Show only the movies or users that hold what you type"),
    Action(
        "enter", "look", "Look", "A movie's own ratings and the movies most like it; all that a user rated", display="⏎"
    ),
    *_SORTING,
    Action("m", "view('movies-list')", "Movies", "Every movie"),
    Action("u", "view('users-list')", "Users", "Every user"),
    Action("d", "view('more')", "More", "How it was read, how unevenly ratings are spread, the best rated, genres"),
    Action("c", "columns", "Columns", "Say which column of your file is the user, item, rating and time", footer=False),
    Action("o", "open", "Open", "Open another dataset: a named one, or a file of your own"),
)

TRAIN = (
    Action("s", "start", "Start", "Start a run with these settings, in a process of its own"),
    Action("t", "tune", "Tune", "Search this preset's settings for the best on validation rows"),
    Action("x", "stop", "Stop", "Ask the run to finish its epoch, save its state and stop"),
    Action("a", "start_after", "Next", "Start a run with these settings when this one has ended, however it ends"),
    Action("r", "resume", "Resume", "Go on with the stopped or interrupted run; make more trials of a study"),
    Action("tab", "switch_pane", "Settings", "Between the settings and the curve, on a narrow screen", display="tab"),
    Action("c", "beside", "Compare", "Other runs beside this one: those marked on Runs, else the latest like it"),
    Action("p", "view", "Pane", "The log, the model, the process's own log, the machine"),
    Action("left", "cursor(-1)", "Read", "Move the cursor that reads the curve's values", display="←→"),
    Action("right", "cursor(1)", "Read", "Move the cursor to the right", footer=False, palette=False, display="→"),
    Action("w", "smooth", "Smooth", "Smooth the curves: exponential mean, running median, not at all"),
    Action("y", "log_scale", "Log axis", "Logarithmic or linear loss axis"),
    Action("Y", "copy", "Copy", "Copy the command line that does what the settings say", footer=False),
    Action("z", "zoom", "Zoom", "The curves from the cursor on, or the last tenth of them; then all of them again"),
    Action("pageup", "scroll(-1)", "Log up", "Scroll the log", footer=False, palette=False, display="PgUp"),
    Action("pagedown", "scroll(1)", "Log down", "Scroll the log", footer=False, palette=False, display="PgDn"),
    Action("escape", "back", "Back", "Put the cursor away; from the settings back to the curve", footer=False),
)

EVALUATION = (
    Action("left_square_bracket", "tab(-1)", "Before", "The tab before", footer=False, display="["),
    Action("right_square_bracket", "tab(1)", "Tabs", "The next tab", display="[ ]"),
    Action("enter", "movie", "Movie", "The movie of the worst prediction under the cursor", display="⏎"),
    Action("u", "user", "User", "The user of the worst prediction under the cursor"),
    Action("space", "mark", "Mark", "Mark the run under the cursor, to compare it with this one", display="␣"),
    Action("c", "compare", "Compare", "Better, worse or not clear: the marked runs beside this one, on the same rows"),
    Action("a", "again", "Again", "Judge the model anew: other list lengths, another bar for liking, other test rows"),
    Action("x", "cancel", "Cancel", "End the comparison, the evaluation or the writing that is under way"),
    Action("e", "export", "Export", "Write all of it as an HTML page, JSON or CSV tables, where mftui was started"),
    *_SORTING,
)

CLUSTERS = (
    _typing("find", "Find", "Find a movie as you type, and go to its cluster"),
    Action("left_square_bracket", "cluster(-1)", "Before", "The cluster before", footer=False, display="["),
    Action("right_square_bracket", "cluster(1)", "Cluster", "The next cluster", display="[ ]"),
    Action("plus", "change_k(1)", "More", "Make one cluster more", footer=False, display="+"),
    Action("minus", "change_k(-1)", "Number", "Make one cluster fewer", display="- +"),
    Action("enter", "look", "Card", "To a cluster's movies; on a movie, its card with those most like it", display="⏎"),
    Action("m", "map", "Map", "Every movie as a dot, the chosen cluster lit; enter goes to the dot's cluster"),
    Action("p", "weigh", "Popularity", "Count movies by how often they were rated, or all alike", footer=False),
    Action("t", "tsne", "t-SNE", "The map with near movies near, or by its two widest directions", footer=False),
    Action("z", "zoom(1)", "Zoom in", "Look closer at the dot under the cursor", footer=False),
    Action("Z", "zoom(-1)", "Zoom out", "See more of the map", footer=False),
    Action("escape", "back", "Back", "Put the map or the card away", footer=False, palette=False),
    Action("e", "export", "Export", "Write the factors, titles and clusters for other programs", footer=False),
    Action("x", "cancel", "Cancel", "End the export that is under way"),
    *_SORTING,
    Action("n", "how_many", "How many", "Try 2 to 20 clusters, and see how inertia and silhouette go"),
)

RECOMMEND = (
    _typing("find", "Find", "Type a part of a title to rate the movie"),
    Action("enter", "rate", "Rate", "Rate the movie under the cursor, or take a rating back", display="⏎"),
    Action("u", "user", "User", "A user of the data: what they rated, and what the model would show them next"),
    Action("y", "you", "You", "Back to your own ratings"),
    Action("f", "filters", "Filters", "Genre, years, popularity, how varied the list is, and its order"),
    Action("e", "export", "Export", "Write what every user would be shown, where mftui was started", footer=False),
    Action("x", "cancel", "Cancel", "End the writing of lists"),
)

RUNS = (
    Action("enter", "open", "Open", "Make this run the current one, which all screens show", display="⏎"),
    Action("space", "mark", "Mark", "Mark the run, to see those marked side by side", display="␣"),
    _typing("filter", "Filter", "Words, preset:best, state!=failed, rmse<0.9, n_factors=16"),
    Action("c", "curves", "Curves", "The curves of the marked runs, or their figures again, on a narrow screen"),
    Action("v", "verdict", "Verdict", "Better, worse or not clear: the marked runs judged on the same rows"),
    Action("t", "trials", "Trials", "The trials of a study, the best first, and which settings mattered"),
    Action("n", "note", "Name", "Name the run and remark on it"),
    Action("x", "stop", "Stop", "Ask the run to finish its epoch, save its state and stop"),
    Action("r", "resume", "Resume", "Go on with the stopped or interrupted run; make more trials of a study"),
    Action("y", "copy", "Copy", "Copy the command that repeats the run"),
    Action("e", "export", "Export", "The list as CSV or JSON, or the run as a zip"),
    Action("o", "elsewhere", "Other", "List runs of another place as well: a run directory, or a folder of them"),
    Action("D", "delete", "Delete", "Delete the run for good; asks first", footer=False),
    *(replace(action, footer=False) for action in _SORTING),
    Action("escape", "back", "Back", "Show all runs again; then take the marks away", footer=False),
)

SCREENS = {
    "Data": DATA, "Train": TRAIN, "Evaluate": EVALUATION, "Clusters": CLUSTERS, "Recommend": RECOMMEND, "Runs": RUNS,
}  # fmt: skip
"""The tables by the title of their screen."""


def bindings(actions: tuple[Action, ...]) -> list[BindingType]:
    """Textual's bindings for a table of actions."""
    return [
        Binding(
            a.keys,
            a.call,
            a.label,
            show=a.footer,
            priority=a.priority,
            key_display=a.display,
            tooltip=a.meaning,
            id=a.name or None,
        )
        for a in actions
    ]
