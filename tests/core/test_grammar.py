"""What breaks in silence with a release of Beancount: a word of its grammar that the gate has never looked at."""

from __future__ import annotations

from beancoop.gate.syntax import Watcher
from beancount.parser.grammar import Builder

JUDGED = frozenset(
    {
        *("__init__", "build_grammar_error"),
        *("option", "plugin", "include"),
        *("account", "amount", "key_value", "custom_value", "posting"),
        *("pushtag", "poptag", "pushmeta", "popmeta"),
    }
)
"""What the gate has its say in as it is read."""

ENTRIES = frozenset(
    {
        *("open", "close", "commodity", "pad", "balance", "event", "query", "price", "note", "document", "custom"),
        "transaction",
    }
)
"""What makes a directive: each is judged whole afterwards (`gate.child`)."""

PARTS = frozenset(
    {
        *("compound_amount", "cost_merge", "cost_spec", "handle_list"),  # of a posting, whose price and cost are judged
        *("tag_link_new", "tag_link_TAG", "tag_link_LINK", "_unpack_txn_strings", "_finalize_tags_links"),
        *("pipe_deprecated_error", "build_lexer_error"),  # errors, which are told
    }
)
"""What puts words together, and reads or runs nothing."""

ENDS = frozenset(
    {"store_result", "finalize", "get_entries", "get_options", "get_long_string_maxlines", "_dcupdate", "__module__"}
)
"""What the parser is asked for before and after the words."""


def test_each_word_of_the_grammar_is_one_the_gate_knows():
    """A new one may name a file or a program: see what it does, then judge it in `gate.syntax` or list it here."""
    methods = {name for kind in Builder.__mro__[:-1] for name in vars(kind)} - {"__doc__", "__dict__", "__weakref__"}
    assert methods == JUDGED | ENTRIES | PARTS | ENDS


def test_what_the_gate_judges_is_what_it_is_said_to_judge():
    """What Beancount's builder no longer has, nobody calls."""
    assert {name for name in vars(Watcher) if name in vars(Builder)} - {"__module__", "__doc__"} == JUDGED
