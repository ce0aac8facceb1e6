"""Feeds what the buttons of posts copy to Python, in the three ways in which a reader would: `python paste.py < JSON`.

They share one process, so that TensorFlow is imported once. As in a terminal, nothing here has a source that `inspect`
could find; only IPython keeps one, as it does for its user.
"""

import builtins
import code
import contextlib
import io
import json
import os
import sys
import tempfile
import traceback
import types

from IPython.core.interactiveshell import InteractiveShell

RAISES = "Traceback (most recent call last)"  # what a block shows that is there to raise an error
MOST = 100  # lines that a block may print at a prompt, where each value of a loop that nothing takes is printed


def _fed(module: types.ModuleType, text: str, console: code.InteractiveConsole) -> str:
    """Paste a block at the prompt of `python`, then press Enter."""
    said = []
    console.write = said.append
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        for line in text.split("\n"):
            more = console.push(line)
    if (lines := printed.getvalue().count("\n")) > MOST:
        said.append(f"It prints {lines} lines; give what a loop doesn't need to a name, as in `_ = w.assign_sub(g)`.\n")
    return "".join(said) + ("The prompt still waits for the rest.\n" if more else "")


def at_a_prompt(module: types.ModuleType, blocks: list[dict]):
    """Each block pasted at the prompt of a plain `python`."""
    console = code.InteractiveConsole(module.__dict__, filename="<stdin>")
    for block in blocks:
        yield block, _fed(module, block["text"], console)


def in_ipython(module: types.ModuleType, blocks: list[dict]):
    """Each block pasted into a cell of IPython, or of a notebook."""
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(user_module=module, user_ns=module.__dict__, history_length=0)
    shell.history_manager.enabled = False
    shell.showtraceback = lambda *_, **__: None
    for block in blocks:
        result = shell.run_cell(block["text"])
        error = result.error_before_exec or result.error_in_exec
        yield block, "".join(traceback.format_exception(error)) if error else ""


def as_a_script(module: types.ModuleType, blocks: list[dict]):
    """All blocks, one below the other, as the standard input of `python -`; it would end at an error that is wanted."""
    blocks = [block for block in blocks if not block["raises"]]
    said = ""
    try:
        exec(compile("\n".join(block["text"] for block in blocks), "<stdin>", "exec"), module.__dict__)
    except Exception:
        said = traceback.format_exc()
    yield {"text": "the script", "raises": False}, said


WAYS = {"at a prompt": at_a_prompt, "in IPython": in_ipython, "as a script": as_a_script}


def tried(way: str, blocks: list[dict]) -> dict:
    """What went wrong, block by block, and what it cost in CPU seconds."""
    module, wrong, began, here = types.ModuleType("__main__"), [], sum(os.times()[:2]), os.getcwd()
    module.__builtins__ = builtins
    ours, sys.modules["__main__"] = sys.modules["__main__"], module
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        os.chdir(folder)
        for block, said in WAYS[way](module, blocks):
            if bool(said) != block["raises"]:
                wrong.append({"block": block["text"], "said": said or "It raises no error, as the page shows it to."})
        os.chdir(here)
    sys.modules["__main__"] = ours
    return {"wrong": wrong, "seconds": sum(os.times()[:2]) - began}


if __name__ == "__main__":
    posts = json.load(sys.stdin)
    print(json.dumps({url: {way: tried(way, blocks) for way in WAYS} for url, blocks in posts.items()}))
