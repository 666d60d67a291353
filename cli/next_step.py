"""What the ladder does next, in the reader's words."""

from cli.language import Words
from cli.plain import Plain
from cli.show import instant


def what_next(words: Words, step: Plain, zone: str) -> str:
    """When and what: "2026-03-13 09:00 · contact 1.reminder"; that nothing is due where nothing is."""
    return " · ".join(each for each in (instant(step["due_time"], zone), _action(words, step)) if each)


def why_next(words: Words, step: Plain) -> str:
    """Why, in one sentence. English has the engine's own, which also names days and stages."""
    if words.language == "en" or not words.has("because", step["reason"]):
        return str(step["why"])
    return words("because", step["reason"])


def _action(words: Words, step: Plain) -> str:
    action, target = step["action"], step["target"]
    if action in ("", "NOTHING"):
        return words("say", "no_next")
    if action == "ENTER_STAGE":
        target = words.of("stage", target)
    return " ".join(each for each in (words.of("action", action), target) if each)
