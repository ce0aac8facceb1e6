"""The one style sheet of a page: what is left out of it."""

from coursesite.build.served import stylesheet


def test_comments_are_left_out_and_licences_and_rules_are_not():
    own = "/* The head of a page:\n   its title */\n\n\nh1 { margin: 0; }\n/*! A licence */\n"
    made = stylesheet(own, ".katex{font:1em}/*# sourceMappingURL=x.map */")
    assert made.endswith("h1 { margin: 0; }\n/*! A licence */\n")
    assert "The head" not in made
    assert "sourceMappingURL" not in made
    assert made.index("html{") < made.index(".katex{font:1em}") < made.index("h1 {")
