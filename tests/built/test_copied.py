"""What the buttons of the built site copy: code that Python can read, without prompts, in posts, labs and reference."""

import ast

from built import fail


def test_what_is_copied_has_no_prompt_and_is_code(content):
    found, blocks = [], 0
    for page in content:
        for button in page.article.select("pre > .md-code__button"):
            code = button.find_next_sibling("code")
            text = button.get("data-clipboard-text") or code.get_text()
            blocks += bool(prompts := code.select(".gp"))
            if any(line.startswith((">>> ", "$ ")) for line in text.split("\n")):
                found.append(f"{page.url}: {text[:60]!r} has a prompt")
            if prompts and prompts[0].get_text().startswith(">>>"):
                try:
                    ast.parse(text)
                except SyntaxError as error:
                    found.append(f"{page.url}: {text[:60]!r} is no code: {error}")
    assert blocks, "no block with prompts on any page"
    fail(found, "The button copies what can't be pasted; see coursesite.build.handles:")
