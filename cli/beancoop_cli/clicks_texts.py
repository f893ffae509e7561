"""The texts of click's own that a person may read here, for the catalogue: nothing uses them but click itself.

A test compares them with what click has.
"""

from __future__ import annotations

from beancoop.words.language import mark
from beancoop.words.messages import phrase

TEXTS = (
    mark("Usage:"),
    mark("Options"),
    mark("Commands"),
    mark("[OPTIONS]"),
    mark("COMMAND [ARGS]..."),
    mark("required"),
    mark("default: {default}"),
    mark("Show this message and exit."),
    mark("Aborted!"),
    mark("Error: {message}"),
    mark("Try '{command} {option}' for help."),
    mark("Missing command."),
    mark("Missing argument"),
    mark("Missing option"),
    mark("Missing parameter"),
    mark("No such command {name!r}."),
    mark("No such option {name!r}."),
    mark("Invalid value: {message}"),
    mark("Invalid value for {param_hint}: {message}"),
    mark("Choose from:\n\t{choices}"),
    mark("Option {name!r} does not take a value."),
    mark("file"),
    mark("directory"),
    mark("path"),
    mark("{name} {filename!r} is a file."),
    mark("{name} {filename!r} is a directory."),
    mark("{name} {filename!r} is not readable."),
    mark("{name} {filename!r} is not writable."),
    mark("{name} {filename!r} does not exist."),
    mark("Could not open file {filename!r}: {message}"),
    mark("unknown error"),
    phrase("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    phrase("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    phrase("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    phrase("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    phrase("{value!r} does not match the format {format}.", "{value!r} does not match the formats {formats}."),
)
