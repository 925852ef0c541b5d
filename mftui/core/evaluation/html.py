"""Pieces of a page that needs nothing from outside itself: its style, its tables and its charts; all text escaped."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from mftui.core.text import clean

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2129; --faint: #5b616b; --paper: #fff; --line: #d6d9de; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e4e6ea; --faint: #a3a9b3; --paper: #16181d; --line: #3a3f48; }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { margin: 0; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 1rem; border-bottom: 1px solid var(--line); }
.how { color: var(--faint); font-size: 0.9rem; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 1rem; font-size: 0.9rem; }
.facts dt { color: var(--faint); font-weight: normal; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.5rem 0; }
.figures div { flex: 1 1 12rem; border: 1px solid var(--line); border-radius: 8px; padding: 0.75rem 1rem; }
.figures b { display: block; font-size: 2rem; line-height: 1.2; }
.charts { columns: 24rem 2; column-gap: 2rem; }
figure { margin: 0 0 1.5rem; break-inside: avoid; }
figcaption, caption { font-weight: 600; text-align: left; white-space: nowrap; }
svg { width: 100%; height: auto; }
summary { color: var(--faint); font-size: 0.9rem; cursor: pointer; }
.scroll { overflow-x: auto; margin-bottom: 1.5rem; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 0.8rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; }
tbody th { font-weight: normal; }
.meanings { columns: 24rem 2; column-gap: 2rem; font-size: 0.9rem; }
.meanings div { break-inside: avoid; margin-bottom: 0.4rem; }
.meanings dt { font-weight: 600; }
.meanings dd { margin: 0; }
@media print {
  body { max-width: none; margin: 0; font-size: 10pt; }
  h2 { break-after: avoid; }
  .figures div { flex-basis: 8rem; }
  table, .figures { break-inside: avoid; }
  .scroll { overflow: visible; }
  details { display: none; }
}
"""


def document(title: str, body: Iterable[str]) -> str:
    """The whole page, which may load and run nothing; `body` is HTML."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{_STYLE}</style></head>\n<body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def text(words: str) -> str:
    """Words from anywhere, as text."""
    return escape(clean(words))


def how(words: str) -> str:
    """A sentence on how figures were made; nothing where there is none to say."""
    return f'<p class="how">{text(words[:1].upper() + words[1:])}.</p>' if words else ""


def listed(sentences: Iterable[str]) -> str:
    """Sentences, one below the other; nothing where there is none."""
    items = "".join(f"<li>{text(sentence)}</li>" for sentence in sentences)
    return f"<ul>{items}</ul>" if items else ""


def facts(known: Mapping[str, str]) -> str:
    """Names with what is known of each."""
    rows = (f"<dt>{text(name)}</dt><dd>{text(words)}</dd>" for name, words in known.items())
    return f'<dl class="facts">{"".join(rows)}</dl>'


def figures(large: Iterable[tuple[str, str, Sequence[str]]]) -> str:
    """Figures shown large: the name, the value and a few lines of words of each."""
    boxes = (
        f"<div>{text(name)}<b>{text(value)}</b>{'<br>'.join(text(line) for line in lines if line)}</div>"
        for name, value, lines in large
    )
    return f'<div class="figures">{"".join(boxes)}</div>'


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column says what each row is; a caption of no words is left out."""
    title = f"<caption>{text(caption)}</caption>" if caption else ""
    head = "".join(f'<th scope="col">{text(heading)}</th>' for heading in headings)
    body = "".join(
        f'<tr><th scope="row">{text(row[0])}</th>{"".join(f"<td>{text(cell)}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    return f'<div class="scroll"><table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def chart(title: str, svg: str, below: str = "") -> str:
    """A chart under its title, which no other chart of the page has; `below` is HTML, such as its figures as a table.

    What its parts are called within the drawing is made the page's only one of that name.
    """
    own = re.sub(r"\W+", "-", title.lower())
    named = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{own}-", svg)
    labelled = named.replace("<svg", f'<svg role="img" aria-label="{text(title)}"', 1)
    more = f"<details><summary>the figures</summary>{below}</details>" if below else ""
    return f"<figure><figcaption>{text(title)}</figcaption>{labelled}{more}</figure>"


def charts(drawn: Iterable[str]) -> str:
    """Charts side by side, where there is room."""
    return f'<div class="charts">{"".join(drawn)}</div>'


def meanings(said: Mapping[str, str]) -> str:
    """Terms, and what each means."""
    terms = (f"<div><dt>{text(term)}</dt><dd>{text(meaning)}</dd></div>" for term, meaning in said.items())
    return f'<dl class="meanings">{"".join(terms)}</dl>'
