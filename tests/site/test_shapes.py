"""What the course says about shapes is checked: true statements pass, false ones name the place."""

import inspect
import linecache
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from coursesite.shapes import Sheet, teach_autograph
from coursesite.shapes.axes import Letters, ShapeError, read, shape_of

CODE = Path(__file__).parents[2] / "code"


def load(source: str) -> SimpleNamespace:
    """Run `source` with its checks, as a module would be."""
    source = textwrap.dedent(source).lstrip("\n")
    sheet = Sheet("demo.py")
    name = f"<demo {id(sheet)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    space = {"np": np, "__shapes__": sheet, "__letters__": Letters(), "__name__": "demo"}
    exec(sheet.compile(source, name), space)
    return SimpleNamespace(sheet=sheet, **{key: value for key, value in space.items() if not key.startswith("__")})


@pytest.mark.parametrize(
    ("text", "shapes", "rest"),
    [
        ("(B, H)", ["(B, H)"], ""),
        ("(B,)", ["(B,)"], ""),
        ("()", ["()"], ""),
        ("() nats", ["()"], "nats"),
        ("(N, D) float32, 0 .. 1", ["(N, D)"], "float32, 0 .. 1"),
        ("(B, T, H), (B, H)", ["(B, T, H)", "(B, H)"], ""),
        ("(B, 4H)", ["(B, 4H)"], ""),
        ("(I-U+1, I*J, N // B, 28)", ["(I-U+1, I*J, N // B, 28)"], ""),
        ("(..., K).", ["(..., K)"], "."),
    ],
)
def test_a_shape_is_read(text, shapes, rest):
    found, left = read(text)
    assert ([shape.text for shape in found], left) == (shapes, rest)


@pytest.mark.parametrize(
    "text",
    [
        "(see above)", "(see below, and above)", "(optional)", "(1)", "(a, b)", "(batch, hidden)", "(x @ w)",
        "(or so) (B, H)", "what is (B, H) here", "(B, H)x", "(I, of course)", "f(B, H)", "(B and H)", "", "(e.g. B, H)",
    ],
)  # fmt: skip
def test_prose_is_not_taken_for_a_shape(text):
    assert read(text)[0] == []


@pytest.mark.parametrize("text", ["(B)", "(B, hidden)", "(B, H), (B)", "(B, 4H) -> (B, H)", "(T, ...)", "(4*H, d)"])
def test_half_a_shape_is_an_error(text):
    with pytest.raises(ShapeError, match=r"half a shape|arrow"):
        read(text)


def test_whatever_has_a_shape_is_measured():
    assert shape_of(np.float32(1)) == shape_of(True) == ()
    assert shape_of([[1, 2], [3, 4], [5, 6]]) == (3, 2)
    assert shape_of([np.zeros(3), np.ones(3)]) == (2, 3)
    assert shape_of([]) == (0,)
    for value in ("text", [[1], [2, 3]], {}):
        with pytest.raises(TypeError, match="has no shape"):
            shape_of(value)


def test_a_false_comment_names_file_line_comment_shape_and_letters():
    demo = load("""
        def f(x):
            h = x.T  # (D, B)
            return h.T  # (D, B)
    """)
    with pytest.raises(ShapeError) as caught:
        demo.f(np.zeros((2, 3)))
    said = str(caught.value)
    assert said == ("demo.py:3: `# (D, B)` states (D, B), but the value has shape (2, 3); in this call D = 3, B = 2")


@pytest.mark.parametrize(
    ("line", "good", "bad"),
    [
        ("h = x  # (2, D)", (2, 3), (3, 3)),
        ("h: object = x  # (2, D)", (2, 3), (2,)),
        ("x += 1  # (2,)", (2,), (3,)),
        ("a = b = x  # (..., 3)", (5, 3), (3, 5)),
        ("a, b = x, x.T  # (A, B), (B, A)", (2, 3), ()),
        ("a, b = x, x  # (A, B), (B, A)", (2, 2), (2, 3)),
        ("a, b = x  # (2, B)", (2, 2), (2,)),
        ("x[...] = x[0]  # (D,)", (4, 3), (4, 3, 2)),
        ("h = np.sum(\n        x,\n    )  # ()", (3,), None),
        ("h = (x, x)[0].size  # ()", (3,), None),
        ("return x  # (A, A)", (2, 2), (2, 3)),
        ("return x, 1.5, None  # (A,), (), (7, 7)", (2,), (2, 2)),
        ("a, h = x, x.repeat(4, 1)  # (B, H), (B, 4H)", (3, 2), (3,)),
        ("a, h = x, x[:-1]  # (I,), (I-2+1,)", (5,), ()),
        ("a, h = x, x.reshape(-1)  # (I, J), (I*J,)", (5, 2), (2,)),
        ("a, h = x, x[: len(x) // 2]  # (N,), (N//2,)", (5,), (2, 3)),
    ],
)
def test_comments_are_checked(line, good, bad):
    demo = load(f"def f(x):\n    {line}\n")
    demo.f(np.zeros(good))
    if bad is not None:
        with pytest.raises((ShapeError, ValueError, IndexError, np.exceptions.AxisError)):
            demo.f(np.zeros(bad))


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("h = x.repeat(3, 1)  # (B, 4H)", "has the axis 4H, but no shape before it in this call has the axis H alone"),
        ("a, h = x, x[1:]  # (B, H), (B+1, H)", r"states \(B\+1, H\), but the value has shape \(1, 2\)"),
        ("h = 'text'  # (B, H)", "a str, which has no shape"),
        ("a, b = x, x  # (B, H), (B, H), (B, H)", "states 3 shapes, but the value is 2 values"),
    ],
)
def test_a_false_comment_says_what_is_wrong(line, wrong):
    demo = load(f"def f(x):\n    {line}\n")
    with pytest.raises(ShapeError, match=wrong):
        demo.f(np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("def f(x):  # (B, H)\n    return x\n", "demo.py:1: .*states the shape of nothing"),
        ("def f(x):\n    return np.add(\n        x,  # (B, H)\n        x)\n", "demo.py:3: .*nothing"),
        ("def f(x):\n    # (B, H)\n    return x\n", "demo.py:2: .*nothing"),
        ("def f(x):\n    return x  # (B)\n", "demo.py:2: .*half a shape"),
        ("def f(x):\n    return x  # (B, H) -> (B,)\n", "demo.py:2: .*arrow"),
        ("def f(x):\n    h: object  # (B, H)\n    h = x\n", "demo.py:2: .*nothing is assigned"),
        ('def f(x):\n    """F.\n\n    Args:\n        y: (B, H).\n    """\n', "'y', which is no argument of f"),
        ('def f(x):\n    """F.\n\n    Args:\n        x: (B).\n    """\n', "demo.py:5: .*half a shape"),
    ],
)
def test_bad_statements_are_refused_at_import(source, wrong):
    with pytest.raises(ShapeError, match=wrong):
        load(source)


def test_prose_on_a_line_of_its_own_may_begin_with_a_shape():
    load("def f(x):\n    # (B, H) is what comes out of this:\n    return x\n").f(3)


DENSE = '''
def dense(x, w, b=None):
    """Weigh.

    Args:
        x: (B, D) float32, one example per row,
            (7, 7) is no entry.
        w (array): (D, H).
        b: (H,) or nothing.

    Returns:
        (B, H) of what
        comes out.
    """
    if len(x) > 9:
        raise ValueError("too long")
    return x @ w if b is None else x @ w + b
'''


def test_docstrings_are_checked_at_entry_and_on_return():
    dense = load(DENSE).dense
    assert dense(np.zeros((2, 3)), w=np.zeros((3, 4)), b=np.zeros(4)).shape == (2, 4)
    assert dense(np.zeros((2, 3)), np.zeros((3, 4))).shape == (2, 4)
    with pytest.raises(ShapeError, match=r"demo.py:8: `b: \(H,\) or nothing.` .*\(1,\); in this call B = 2, D = 3"):
        dense(np.zeros((2, 3)), np.zeros((3, 4)), np.zeros(1))
    with pytest.raises(ShapeError, match=r"demo.py:\d+: `\(B, H\) of what` .*\(2, 2, 4\)"):
        dense(np.zeros((2, 3)), np.zeros((3, 4)), np.zeros((2, 1, 4)).view(Fake))


class Fake(np.ndarray):
    """Says that it is a vector, and is not."""

    @property
    def shape(self):
        return (4,) if self.ndim == 3 and self.size == 8 and self.base is not None else super().__array__().shape


def test_a_function_may_refuse_a_wrong_argument_itself():
    with pytest.raises(ValueError, match="too long"):
        load(DENSE).dense(np.zeros(10), np.zeros((3, 4)))


def test_a_wrong_argument_is_found_also_when_nothing_is_returned():
    demo = load('''
        def f(x):
            """F.

            Args:
                x: (B, 2).
            """
            x.sum()
    ''')
    demo.f(np.zeros((5, 2)))
    with pytest.raises(ShapeError, match=r"\(5, 3\)"):
        demo.f(np.zeros((5, 3)))


def test_several_returns_on_several_lines():
    demo = load('''
        def f(x, swap):
            """F.

            Returns:
                (B, H) the one.
                (H,) the other,
                    explained.
            """
            if swap:
                return x[0], x
            return x, x[0]
    ''')
    demo.f(np.zeros((2, 3)), swap=False)
    with pytest.raises(ShapeError):
        demo.f(np.zeros((2, 3)), swap=True)


def test_letters_bind_per_call_and_nested_functions_share_them():
    demo = load("""
        def f(x):
            h = x + 1  # (B, D)
            def g(y):
                y = y * 2  # (B, D)
                z = y[0, :1]  # (E,)
                return z
            return g
    """)
    demo.f(np.zeros((2, 3)))
    g = demo.f(np.zeros((4, 5)))
    g(np.zeros((4, 5)))
    with pytest.raises(ShapeError, match="B = 4"):
        g(np.zeros((2, 3)))


def test_classes_methods_fields_and_their_docstrings():
    demo = load('''
        from dataclasses import dataclass
        from typing import NamedTuple

        class Part(NamedTuple):
            """A part."""

            images: np.ndarray  # (N, D) float32
            labels: np.ndarray  # (N,)
            name: str = "none"

        @dataclass
        class Pair:
            """A pair."""

            a: object  # (N,)
            b: object = None  # (N, 2)

        class Layer:
            """A layer.

            Args:
                w: (D, H) weights.

            Attributes:
                scale: (H,).
            """

            def __init__(self, w):
                self.__w = w  # (D, H)
                self.scale = w[0]

            def __call__(self, x):
                """Apply.

                Args:
                    x: (B, D).

                Returns:
                    (B, D).
                """
                return x @ self.__w
    ''')
    demo.Part(np.zeros((2, 3)), [0, 1])
    demo.Pair(np.zeros(2))
    assert demo.Layer(np.zeros((2, 2)))(np.zeros((1, 2))).shape == (1, 2)
    for wrong in (
        lambda: demo.Part(np.zeros((2, 3)), [0, 1, 2]),
        lambda: demo.Pair(np.zeros(2), np.zeros((3, 2))),
        lambda: demo.Layer(np.zeros(2)),
        lambda: demo.Layer(np.zeros((2, 3)))(np.zeros((1, 2))),
    ):
        with pytest.raises(ShapeError):
            wrong()


def test_generators_are_checked_at_each_yield():
    demo = load('''
        def f(x):
            """F.

            Yields:
                (B,) a row.
            """
            for row in x:
                yield row
    ''')
    assert len(list(demo.f(np.zeros((3, 2))))) == 3
    with pytest.raises(ShapeError):
        next(demo.f(np.zeros((3, 2, 2))))


def test_sources_and_line_numbers_stay():
    demo = load(DENSE + "\ndef fails(x):\n    y = x  # (B, H)\n    raise KeyError(y)\n")
    assert inspect.getsource(demo.dense).startswith("def dense(x, w, b=None):")
    with pytest.raises(KeyError) as caught:
        demo.fails(np.zeros((1, 1)))
    assert caught.traceback[-1].lineno + 1 == demo.fails.__code__.co_firstlineno + 2


def test_tensorflow_symbolic_and_in_functions():
    tf = pytest.importorskip("tensorflow", reason="TensorFlow is part of the environment; nothing skips this there")
    teach_autograph()
    demo = load('''
        import tensorflow as tf

        def dense(x, w):
            """Weigh.

            Args:
                x: (B, D).
                w: (D, H).

            Returns:
                (B, H).
            """
            return x @ w

        def loss(x, w):
            h = dense(x, w)  # (B, H)
            if tf.reduce_sum(h) > 0:
                h = -h  # (B, H)
            for _ in tf.range(2):
                h += 1.0  # (B, H)
            return tf.reduce_sum(h)  # ()

        @tf.function
        def wrong(x):
            def inner(y):
                return tf.transpose(y)  # (B, D)

            h = x + 1.0  # (B, D)
            return inner(h)
    ''')
    w = tf.Variable(tf.ones((3, 4)))
    assert float(demo.loss(tf.ones((2, 3)), w)) == float(tf.function(demo.loss)(tf.ones((2, 3)), w)) == -8.0
    spec = tf.TensorSpec((None, 3))
    graph = tf.function(demo.dense, input_signature=[spec, tf.TensorSpec((3, 4))])
    assert graph(tf.ones((5, 3)), w).shape == (5, 4)
    demo.wrong(tf.ones((2, 2)))
    with pytest.raises(ShapeError, match=r"demo.py:\d+: `# \(B, D\)` .*\(3, 2\)"):
        demo.wrong(tf.ones((2, 3)))
    unknown = tf.function(demo.dense, input_signature=[tf.TensorSpec(None), tf.TensorSpec(None)])
    assert unknown(tf.ones((5, 3)), w).shape == (5, 4)


PROJECT = {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["code"]\naddopts = ["-p", "coursesite.shapes"]\n',
    "code/deepcourse/__init__.py": "",
    "code/deepcourse/a.py": "def f(x):\n    return x  # ()\n\n\ndef g(x):\n    return x  # (2,)\n",
    "code/deepcourse/b.py": "def h(x):\n    return x  # (B, H)\n",
    "test_a.py": "from deepcourse.a import f\n\n\ndef test_f():\n    assert f(1) == 1\n",
}


@pytest.fixture
def project(tmp_path):
    for name, text in PROJECT.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def run(project, *options):
    """Pytest in `project`, with this project's plugin."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:cov", *options],
        cwd=project, env={"PYTHONPATH": f"{project}/code:{CODE}"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_full_run_reports_statements_that_no_test_checked(project):
    done = run(project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "shapes: 1 of 2 statements" in done.stdout
    done = run(project, "--shapes-complete")
    assert done.returncode == 1
    assert "code/deepcourse/a.py:6: `# (2,)`" in done.stdout
    assert "code/deepcourse/b.py:2: `# (B, H)`" in done.stdout
    assert "a.py:2" not in done.stdout


def test_two_workers_report_what_they_checked_together(project):
    (project / "test_b.py").write_text("from deepcourse.a import g\n\n\ndef test_g():\n    g([1, 2])\n")
    done = run(project, "-n", "2", "--dist", "loadfile", "--shapes-complete")
    assert "shapes: 2 of 3 statements" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 1
    assert "code/deepcourse/b.py:2: `# (B, H)`" in done.stdout
    assert "a.py" not in done.stdout


def test_a_module_that_is_imported_and_run_counts_both(project):
    runs = 'import runpy\n\nrunpy.run_module("deepcourse.a", run_name="__main__")\n'
    test_a = project / "test_a.py"
    test_a.write_text(test_a.read_text().replace("\n\n\ndef", f"\n{runs}\n\ndef", 1))
    done = run(project)
    assert "shapes: 1 of 2 statements" in done.stdout, done.stdout + done.stderr


def test_a_false_statement_fails_the_test_that_runs_it_and_leaves_no_byte_code(project):
    (project / "code/deepcourse/a.py").write_text("def f(x):\n    return x  # (B,)\n")
    done = run(project)
    assert done.returncode == 1
    assert "ShapeError: code/deepcourse/a.py:2: `# (B,)` states (B,), but the value has shape ()" in done.stdout
    assert not list((project / "code").rglob("a.*.pyc"))


def test_doctests_run_with_checks(project):
    (project / "code/deepcourse/a.py").write_text(
        'def f(x):\n    """F.\n\n    >>> f(1)\n    1\n    """\n    return x  # (B,)\n'
    )
    done = run(project, "--doctest-modules", "code/deepcourse")
    assert done.returncode == 1
    assert "ShapeError" in done.stdout
