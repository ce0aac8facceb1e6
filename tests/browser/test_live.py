"""A figure that answers comes late, weighs little, moves nothing, hears pointer and keys, and says what Python says.

The figures are those of the built site. What each says is compared in a function of its own; one without a function
fails.
"""

import base64
import functools
import gzip
import io
import itertools
import json
import re

import built
import numpy as np
import pytest
from axe import findings
from bs4 import BeautifulSoup
from deepcourse.convolution import inception
from deepcourse.convolution.runs import feature_map, modules
from deepcourse.convolution.runs import overlap as overlaps
from deepcourse.convolution.up import phases, widened
from deepcourse.gradflow import batchnorm, circuit, conv2d
from deepcourse.gradflow.runs import line, reach, window
from deepcourse.mnist.figures import thinned
from deepcourse.mnist.runs import rounded
from deepcourse.recurrent.figures import copy
from deepcourse.recurrent.runs import gates
from deepcourse.training import boundary, optimizers
from deepcourse.training.deep import forward
from deepcourse.training.runs import schedules
from deepcourse.training.surfaces import SURFACES, descend
from PIL import Image

RUNS = built.SITE.parent / "runs"
BUDGET = 10_000  # bytes of JavaScript, compressed
TALL = {"graphs/run": 1000}  # a graph is as high as it is deep
FROM_THE_RIGHT = {"gradflow/lstm-reach"}  # whose handle begins at its right end
KEYS = {"checkbox": ["Space"], "text": ["Home", "Delete"]}  # by which a control changes what is shown
SHOWN = """figure => [...figure.querySelectorAll("[data-value], output, .live-set")]
  .map(e => (e.dataset.value ?? "") + e.textContent).join("|")"""
SHIFTS = """window.moved = 0; new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.moved += entry.value;
}).observe({type: "layout-shift", buffered: true})"""
STILL = "e => getComputedStyle(e).visibility === 'visible' && e.getBoundingClientRect().height > 100"
VALUES = (
    "e => [...e.querySelectorAll('[data-value]')].filter(c => c.style.display !== 'none').map(c => +c.dataset.value)"
)


def pytest_generate_tests(metafunc):
    """Run a test that takes `live` for each figure: the address of its page, and its name; `some`, for two of them.

    What load.js and the style sheet alone do is the same for all, and is seen in the first figure and in the last.
    """
    if name := next(iter({"live", "some"} & set(metafunc.fixturenames)), None):
        if not (built.SITE / "index.html").exists():
            pytest.exit(built.BUILD_FIRST, returncode=1)
        pages = [page for page in built.read(built.SITE) if "data-live=" in page.text]
        found = [(page.url, tag["data-live"]) for page in pages for tag in page.soup.select(".live")]
        found = [found[0], found[-1]] if name == "some" else found
        marks = pytest.mark.xdist_group
        metafunc.parametrize(name, [pytest.param(each, marks=marks(each[0]), id=each[1]) for each in found])


@pytest.fixture
def opened(browser, base):
    """Open the page of a figure in a window of its own: the tab, the figure, the scripts that came.

    A figure is `alone` where the rest of its page doesn't matter: without it the page comes and is read sooner.
    """
    contexts = []

    def opener(live, width=1280, height=900, init="", alone=False, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.add_init_script(SHIFTS + init)
        tab, scripts = context.new_page(), {}
        if alone:
            tab.route(
                base + live[0], lambda route: route.fulfill(body=without_neighbours(live), content_type="text/html")
            )
        tab.on("response", lambda r: scripts.setdefault(r.url, r) if "/assets/live/" in r.url else None)
        tab.goto(base + live[0], wait_until="load")
        return tab, tab.locator(f'[data-live="{live[1]}"]'), scripts

    yield opener
    for context in contexts:
        context.close()


@functools.cache
def without_neighbours(live) -> str:
    """The page of a figure as it is served, and of its article the title and the figure alone."""
    [page] = [page for page in built.read(built.SITE) if page.url == live[0]]
    soup = BeautifulSoup(page.text, "html.parser")
    figure = soup.select_one(f'[data-live="{live[1]}"]')
    for part in soup.select("article > *"):
        if part.name != "h1" and not any(part is each for each in (figure, *figure.parents)):
            part.decompose()
    return str(soup)


def ready(tab, figure):
    """The figure, once its module has come."""
    tab.wait_for_function("e => e.dataset.mounted === 'yes'", arg=figure.element_handle(), timeout=5000)
    return figure


def touch(tab, figure):
    """Focus what the layer has; wait until something is shown."""
    figure.locator(".live-layer [tabindex='0']").first.focus()
    tab.wait_for_function(f"e => ({VALUES})(e).length > 0", arg=figure.element_handle(), timeout=5000)


def place(part):
    """Where a part of a figure is, brought to the middle of the screen, where no header covers it."""
    part.evaluate("e => e.scrollIntoView({block: 'center', behavior: 'instant'})")
    return part.bounding_box()


def answers(tab, figure, before):
    """What the figure shows, once it is something else than before."""
    tab.wait_for_function(
        f"([e, before]) => ({SHOWN})(e) !== before", arg=[figure.element_handle(), before], timeout=2000
    )
    return figure.evaluate(SHOWN)


def test_it_fits_a_screen_its_script_comes_when_it_is_near_is_light_and_says_what_python_says(opened, live):
    assert live[1] in NUMBERS, f"compare what {live[1]} says with Python's values, in NUMBERS"
    tab, figure, scripts = opened(live, 1280, 200)
    far = figure.evaluate("e => e.getBoundingClientRect().top - innerHeight")
    tab.wait_for_timeout(300)
    names = {url.split("/assets/live/")[1] for url in scripts}
    height = figure.bounding_box()["height"] + tab.locator(".md-header").bounding_box()["height"]
    assert height <= TALL.get(live[1], 900), "it doesn't fit one screen with all its controls"
    assert far > 300, "the figure is on the first screen; there is nothing to wait for"
    assert names == {"load.js"}, f"{names} come before the figure is near"
    figure.scroll_into_view_if_needed()
    ready(tab, figure)
    sizes = {url.split("/assets/live/")[1]: len(gzip.compress(each.body())) for url, each in scripts.items()}
    print(f"{live[1]}: {sum(sizes.values()):,} bytes of JavaScript, compressed: {sizes}")
    assert f"{live[1]}.js" in sizes
    assert sum(sizes.values()) <= BUDGET
    tab.set_viewport_size({"width": 1280, "height": 900})
    still = figure.locator(".figure-art > svg")
    assert still.evaluate(STILL), "the static figure goes before the layer is touched"
    touch(tab, figure)
    assert not still.evaluate(STILL), "the static figure doesn't go when the layer is touched"
    NUMBERS[live[1]](tab, figure)
    tab.emulate_media(media="print")
    assert still.evaluate(STILL), "the static figure isn't on paper"
    assert not figure.locator(".live-layer").is_visible()
    assert not figure.locator(".live-controls").first.is_visible()


def test_its_script_comes_when_it_is_touched(opened, some):
    never = "; window.IntersectionObserver = class { observe() {} unobserve() {} disconnect() {} }"
    tab, figure, scripts = opened(some, init=never)
    tab.wait_for_timeout(300)
    assert len(scripts) == 1
    figure.locator(".live-controls :is(input, select)").first.focus()
    ready(tab, figure)


def test_the_bars_of_a_drawn_digit_fit_below_a_few_lines_and_what_the_nets_see_is_seen_at_once(opened):
    live = next(page.url for page in built.read(built.SITE) if 'data-live="mnist/draw"' in page.text), "mnist/draw"
    tab, figure, _ = opened(live)
    figure.scroll_into_view_if_needed()
    ready(tab, figure)
    art, paper = figure.locator(".figure-art").bounding_box(), figure.locator(".live-layer canvas").bounding_box()
    assert paper["y"] + paper["height"] - art["y"] <= 320
    assert figure.locator(".live-seen canvas").evaluate(
        "c => c.getContext('2d').getImageData(0, 0, 28, 28).data.some(Boolean)"
    )
    assert not figure.evaluate("e => e.classList.contains('touched')")


def test_a_value_that_a_script_sets_is_seen_and_an_even_overlap_has_no_seams(opened):
    name = "convolution/overlap"
    live = next(page.url for page in built.read(built.SITE) if f'data-live="{name}"' in page.text), name
    for width in (400, 1280):
        tab, figure, _ = opened(live, width, device_scale_factor=1)
        figure.scroll_into_view_if_needed()
        ready(tab, figure)
        still = figure.locator(".figure-art > svg")
        assert still.evaluate(STILL)
        figure.locator('[name="window"]').evaluate(
            "e => { e.value = '4'; e.dispatchEvent(new Event('input', { bubbles: true })); }"
        )
        assert not still.evaluate(STILL)
        picture = figure.locator('[aria-roledescription="picture"]')
        box = place(picture)
        side = 0.4 * box["width"]  # of a part without frames
        clip = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "width": side, "height": side}
        shot = np.array(Image.open(io.BytesIO(tab.screenshot(clip=clip))).convert("L"))
        assert np.ptp(shot) == 0, width


def test_the_static_figure_stands_without_a_script(opened, some):
    _, figure, _ = opened(some, java_script_enabled=False)
    assert figure.locator(".figure-art > svg").evaluate(STILL)
    assert not figure.locator(".live-controls").first.is_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 400), ("dark", 1280)])
def test_it_answers_pointer_and_keys_moves_nothing_and_is_accessible(opened, axe, live, scheme, width):
    tab, figure, _ = opened(live, width, color_scheme=scheme, alone=True)
    tab.add_style_tag(content="* { content-visibility: visible !important }")  # only the figure's own moves count
    tab.wait_for_timeout(300)
    tab.evaluate("window.moved = 0")
    figure.scroll_into_view_if_needed()
    ready(tab, figure)
    heights = [figure.bounding_box()["height"]]
    touch(tab, figure)
    shown = figure.evaluate(SHOWN)
    tab.keyboard.press("Space")
    tab.keyboard.press("ArrowLeft" if live[1] in FROM_THE_RIGHT else "ArrowRight")
    shown = answers(tab, figure, shown)
    for control in figure.locator(".live-controls :is(input, select)").all():
        heights.append(figure.bounding_box()["height"])
        control.focus()
        for key in KEYS.get(control.get_attribute("type"), ["ArrowLeft"]):
            tab.keyboard.press(key)
        if control.get_attribute("name") == "spread":  # moves the outputs, and computes nothing
            continue
        if figure.evaluate(SHOWN) == shown:  # it was at that end
            tab.keyboard.press("ArrowRight")
        shown = answers(tab, figure, shown)
    box = place(figure.locator(".live-layer"))
    tab.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.35 * box["height"])
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"], steps=5)
    tab.mouse.up()
    answers(tab, figure, shown)
    assert not tab.evaluate("getSelection().toString()"), "dragging on the figure marks its numbers as text"
    heights.append(figure.bounding_box()["height"])
    tab.wait_for_timeout(100)
    assert max(heights) - min(heights) < 1, f"the figure's height changes: {heights}"
    assert tab.evaluate("window.moved") < 0.01
    wrong = findings(tab, axe, f"""'[data-live="{live[1]}"]'""")
    unnamed = figure.locator(":is(input, select, button, [tabindex])").evaluate_all(
        """all => all.filter(e => e.style.display !== "none")
          .filter(e => !(e.ariaLabel || e.labels?.length || e.textContent.trim())).map(e => e.outerHTML)"""
    )
    wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert not wrong + unnamed
    assert wide <= 0


def convolution(_, figure):
    """Sums of all three grids, in every setting, against the fast convolution."""
    record = json.loads((RUNS / "gradflow/window.json").read_text(encoding="utf-8"))
    s = record["settings"]
    for size, stride, padding in itertools.product(s["windows"], s["strides"], s["paddings"]):
        figure.locator('[name="window"]').fill(str(size))
        figure.locator('[name="stride"]').fill(str(stride))
        figure.locator('[name="padding"]').select_option(padding)
        x, k, dy = window.cut(record["arrays"], size, stride, padding)
        expected = [*conv2d.conv_backward(dy, x, k, stride, padding), conv2d.conv_forward(x, k, stride, padding)]
        for grid, values in zip(figure.locator("[role=grid]").all(), expected, strict=True):
            cells = grid.locator("[role=gridcell]:visible")
            cells.first.focus()
            cells.last.focus()
            np.testing.assert_allclose(grid.evaluate(VALUES), values.ravel(), atol=1e-6)
            said = re.search(r"= (−?\d+)\D*$", figure.locator("output").inner_text())
            assert float(said[1].replace("−", "-")) == pytest.approx(values.ravel()[-1], abs=1e-6)


def wiring(_, figure):
    """Every value and every gradient of the circuit, with the maximum on, off and at its kink, and what x is sent."""
    for x, w, b in [(3, 2, -1), (2, -3, 4), (-2, -3, 1), (2, -2, 4), (1, -4, 2), (0, 3, 0), (-4, 4, -4), (3, 2, -6)]:
        for name, value in zip("xwb", (x, w, b), strict=True):
            figure.locator(f'[name="{name}"]').fill(str(value))
        values, gradients = circuit.circuit_values(float(x), float(w), float(b))
        expected = [each[name] for name in "xwbqarL" for each in (values, gradients)]
        np.testing.assert_allclose(figure.evaluate(VALUES), expected, atol=1e-9)
        late, early, dx = (f"{gradients[name] + 0:g}".replace("-", "−") for name in ("late", "early", "x"))
        said = figure.locator("output").inner_text()
        assert said.startswith(f"dx = {late} + {early} = {dx}:")
        assert ("nothing passes" in said) is (values["a"] <= 0)


def fitting(tab, figure):
    """What comes back to each point and the line, at every epsilon, frozen and not, dragged, on a line, and for two."""
    s = json.loads((RUNS / "gradflow/line.json").read_text(encoding="utf-8"))["settings"]
    one, gamma, frozen = np.ones(1), s["gamma"], figure.locator('[name="frozen"]')

    def read(part):
        found = figure.locator(part).evaluate_all(
            "all => all.filter(e => e.style.display !== 'none').map(e => [+e.dataset.value, +e.dataset.y])"
        )
        return np.array(found)

    def compare(eps):
        points = read("[role=button]")
        x, dy = points.T
        _, cache = batchnorm.batchnorm_forward(x[:, None], gamma * one, one, eps)
        way = batchnorm.inference_backward if frozen.is_checked() else batchnorm.batchnorm_backward
        dx, dgamma, dbeta = way(dy[:, None], cache)
        np.testing.assert_allclose(read("text[data-value]")[:, 0], dx[:, 0], atol=1e-9)
        start, slope = (0, 0) if frozen.is_checked() else line.ridge(x, dy, eps)
        drawn = figure.locator('.live-layer path[stroke-width="1.5"]')
        assert drawn.is_visible() is not frozen.is_checked()
        if not frozen.is_checked():  # 48.5 pixels to 1 in x, 96 in dy
            ends = np.array(re.findall(r"[ML]([\d.-]+) ([\d.-]+)", drawn.get_attribute("d")), float)
            assert (148 - ends[:, 1]) / 96 == pytest.approx(start + slope * (ends[:, 0] - 52) / 48.5, abs=1e-9)
        said = figure.locator("output").inner_text().replace("−", "-")
        for name, value in (("dβ", dbeta[0]), ("dγ", dgamma[0]), ("Σ dx", dx.sum()), ("γ/σε", gamma / cache.std[0])):
            assert float(re.search(rf"{name} = (-?[\d.]+)", said)[1]) == pytest.approx(value, abs=0.0051)
        return points, dx[:, 0]

    points, _ = compare(0)
    np.testing.assert_array_equal(points, np.transpose([s["x"], s["dy"]]))
    for i, eps in enumerate(s["epsilons"]):
        figure.locator('[name="eps"]').fill(str(i))
        for _ in range(2):
            frozen.press("Space")
            compare(eps)
    for button in ("straight", "two"):
        figure.locator(f'[name="{button}"]').click()
        figure.locator('[name="eps"]').fill(str(len(s["epsilons"]) - 1))
        compare(s["epsilons"][-1])
        figure.locator('[name="eps"]').fill("0")
        assert np.abs(compare(0)[1]).max() < 1e-12
    assert len(read("[role=button]")) == 2
    last = figure.locator("[role=button]").nth(1)
    last.focus()
    for _ in range(12):
        tab.keyboard.press("Shift+ArrowLeft")  # both at 0, at last
    figure.locator("[role=button]").first.focus()
    for _ in range(4):
        tab.keyboard.press("Shift+ArrowLeft")
    assert "no deviation to divide by" in figure.locator("output").inner_text()
    assert len(read("text[data-value]")) == 0
    figure.locator('[name="again"]').click()
    figure.locator("[role=button]").nth(2).focus()
    for key in ("ArrowRight", "Shift+ArrowUp", "ArrowDown"):
        tab.keyboard.press(key)
    np.testing.assert_allclose(compare(0)[0][2], [4.1, 0.2])
    box = place(figure.locator("[role=button]").nth(4))
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] - 40, box["y"] - 60, steps=5)
    tab.mouse.up()
    moved = compare(0)[0]
    assert moved[4][0] < 6.9
    assert moved[4][1] > 0.3


def reaching(tab, figure):
    """Both curves at every distance for each pair of biases, and every cut of one pair, as the record has them."""
    record = json.loads((RUNS / "gradflow/reach.json").read_text(encoding="utf-8"))
    s, direct = record["settings"], reach.CUTS.index(reach.BLOCKS)
    at, boxes = s["distances"].index(100), {c: figure.locator(f'[name="{c}"]') for c in reach.BLOCKS}
    inputs = sorted(s["input_biases"])

    def compare(f, i, cut, at):
        curves = [np.array(record["curves"][f"{f} {i}"][k].split(), float) / 1e4 for k in (direct, cut)]
        np.testing.assert_allclose(figure.evaluate(VALUES), [curve[at] for curve in curves], atol=1e-9)
        said = (
            figure.locator("output")
            .inner_text()
            .replace("·10⁻", "e-")
            .translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))
        )
        told = re.search(r"(\d+) steps back: (\S+) of[^,]*,\s*and (\S+) by", said)
        assert int(told[1]) == s["distances"][at]
        assert [float(told[3]), float(told[2])] == pytest.approx([10 ** curve[at] for curve in curves], rel=0.06)

    for k, f in enumerate(s["forget_biases"]):
        figure.locator('[name="forget"]').fill(str(k))
        for n, i in enumerate(inputs):
            figure.locator('[name="input"]').fill(str(n))
            compare(f, i, 0, at)
    figure.locator('[name="forget"]').fill("3")
    for cut, letters in enumerate(reach.CUTS):
        for name, box in boxes.items():
            box.set_checked(name in letters)
        compare(3, 0, cut, at)
    figure.locator("[role=slider]").focus()
    for key, to in [("ArrowRight", at), ("ArrowLeft", at - 1), ("ArrowLeft", at - 2), ("ArrowRight", at - 1)]:
        tab.keyboard.press(key)
        compare(3, 0, 15, to)
    box = place(figure.locator(".live-layer"))
    tab.mouse.click(box["x"] + (62 + 0.34 * 300) / 460 * box["width"], box["y"] + 0.5 * box["height"])
    compare(3, 0, 15, s["distances"].index(35))


class Nets:
    """The nets of a drawn digit: what Python says of a picture, and what the figure shows."""

    NAMES = ("softmax", "identity", "page")

    def __init__(self, figure):
        self.figure = figure
        self.record = json.loads((RUNS / "mnist/page_net.json").read_text(encoding="utf-8"))
        self.sizes = {name: self.record["settings"][name]["sizes"] for name in self.NAMES}
        self.layers = rounded.unpack((RUNS / "mnist/page_net.bin").read_bytes(), self.sizes)
        self.digits = [np.frombuffer(base64.b64decode(d["pixels"]), np.uint8) for d in self.record["digits"]]

    def says(self, name, pixels, keep=None):
        """Probabilities of a net, of one picture."""
        z = rounded.logits(self.layers[name], np.array(pixels)[None] / 255, name != "identity", keep)
        return rounded.softmax(z)[0]

    def hidden(self, pixels):
        return rounded.hidden(self.layers["page"], np.array(pixels)[None] / 255)[0]

    def shown(self, of, what="value"):
        """The numbers of some bars, or of the units."""
        return self.all_shown()[what][of]

    def all_shown(self):
        """All numbers of bars and units, by what they are of; `value` and `keep` of each, and all that is written."""
        found = self.figure.evaluate(
            """e => ({
              cells: [...e.querySelectorAll("[data-of]")].map(c => [c.dataset.of, c.dataset.value, c.dataset.keep]),
              text: [...e.querySelectorAll(".live-layer text")].filter(t => t.getBoundingClientRect().width > 0)
                .map(t => t.textContent).join(" "),
            })"""
        )
        shown = {"value": {}, "keep": {}, "text": found["text"]}
        for of, value, keep in found["cells"]:
            shown["value"].setdefault(of, []).append(float(value))
            if keep is not None:
                shown["keep"].setdefault(of, []).append(float(keep))
        for what in ("value", "keep"):
            shown[what] = {of: np.array(numbers) for of, numbers in shown[what].items()}
        return shown

    def seen(self):
        alpha = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 3)"
        return np.array(self.figure.locator(".live-seen canvas").evaluate(alpha))

    def compare(self, pixels):
        """All that is shown of a picture: three nets, and the units."""
        value = self.all_shown()["value"]
        for name in self.NAMES:
            np.testing.assert_allclose(value[name], self.says(name, pixels), atol=1e-4)
        np.testing.assert_allclose(value["hidden"], self.hidden(pixels), atol=1e-4)


def drawing(tab, figure):
    """Three nets and units of each recorded digit, of one that is moved, and of a drawn one."""
    nets = Nets(figure)
    nets.compare(nets.digits[nets.record["shown"]])
    for i, (digit, pixels) in enumerate(zip(nets.record["digits"], nets.digits, strict=True)):
        figure.locator("select").select_option(str(i))
        nets.compare(pixels)
        for name in nets.NAMES:
            np.testing.assert_allclose(nets.shown(name), digit["probabilities"][name], atol=1e-4)
    for of_the_scripts in (functions, moving, asking, weighing, writing):
        of_the_scripts(tab, figure, nets)


def functions(tab, _, nets):
    """What the script of the nets exports, without a figure: hidden units, and classes by a mask of the caller's."""
    keep = np.tile([0.0, 2.0, 2.0, 0.0], nets.sizes["page"][1] // 4)
    found = tab.evaluate(
        """async ([sizes, bends, pictures, keep]) => {
          const { classes, hidden, unpack } = await import(new URL("/assets/live/mnist/nets.js", location).href);
          const bytes = await (await fetch("/runs/mnist/page_net.bin")).arrayBuffer();
          return unpack(bytes, sizes).map((layers, net) => pictures.map(each => {
            const h = hidden(layers, Uint8Array.from(each), bends[net]);
            const mask = sizes[net].length > 2 ? keep : undefined;
            return { h: [...h], all: [...classes(layers, h)], thinned: [...classes(layers, h, mask)] };
          }));
        }""",
        [list(nets.sizes.values()), [True, False, True], [p.tolist() for p in nets.digits], keep.tolist()],
    )
    for name, answers in zip(nets.NAMES, found, strict=True):
        for pixels, answer in zip(nets.digits, answers, strict=True):
            mask = None if name == "softmax" else keep
            np.testing.assert_allclose(answer["all"], nets.says(name, pixels), atol=1e-4)
            np.testing.assert_allclose(answer["thinned"], nets.says(name, pixels, mask), atol=1e-4)
            if name == "page":
                np.testing.assert_allclose(answer["h"], nets.hidden(pixels), atol=1e-4)


def moving(tab, figure, nets):
    """Arrow keys move the digit, a pixel at a time, and back; what left the picture isn't lost."""
    figure.locator("select").select_option("2")
    figure.locator('[name="next"]').click()
    assert figure.locator("select").input_value() == "3"
    nets.compare(nets.digits[3])
    figure.locator(".live-layer canvas").focus()
    for key in ["ArrowRight"] * 9 + ["ArrowUp"] * 2:
        tab.keyboard.press(key)
    moved = np.zeros((28, 28), int)
    moved[:26, 9:] = nets.digits[3].reshape(28, 28)[2:, :19]
    np.testing.assert_array_equal(nets.seen(), moved.ravel())
    nets.compare(moved.ravel())
    for key in ["ArrowLeft"] * 9 + ["ArrowDown"] * 2:
        tab.keyboard.press(key)
    nets.compare(nets.digits[3])
    figure.locator("select").select_option(str(len(nets.digits) - 1))
    figure.locator('[name="next"]').click()
    nets.compare(nets.digits[0])


def asking(tab, figure, nets):
    """The digit of the question, pushed by a button as far as the record says, has the record's answers."""
    pushed = nets.record["values"]["pushed"]
    images = [digit["test_image"] for digit in nets.record["digits"]]
    figure.locator("select").select_option(str(images.index(pushed["test_image"])))
    for _ in range(pushed["right"]):
        figure.locator('[name="right"]').click()
    written = nets.all_shown()["text"]
    assert f"test digit {pushed['test_image']} true class: {pushed['label']}" in written
    assert framed(figure) == f"{pushed['label']}"
    assert f"moved {pushed['right']} right" in written
    for name in nets.NAMES:
        p = nets.shown(name)
        assert (p.argmax(), p.max()) == (pushed[name]["read"], pytest.approx(pushed[name]["sure"], abs=1e-4))
    figure.locator('[name="left"]').click()
    for name in nets.NAMES:
        assert nets.shown(name).argmax() == pushed["label"], f"{name} misreads it earlier than the record says"
    figure.locator(".live-layer canvas").focus()
    for _ in range(pushed["page"]["misread_from"] - pushed["right"] + 1):
        tab.keyboard.press("ArrowRight")
    assert nets.shown("page").argmax() != pushed["label"]
    figure.locator("select").select_option("0")


def framed(figure):
    """The class whose name is bold, with a frame around it."""
    (name,) = figure.locator('.live-layer text[text-anchor="middle"][font-weight="700"]').all()
    frame = figure.locator('.live-layer rect[width="16"][visibility="visible"]').bounding_box()
    inner = name.bounding_box()
    assert frame["y"] < inner["y"] + inner["height"] / 2 < frame["y"] + frame["height"]
    return name.text_content()


def weighing(_, figure, nets):
    """A unit that is touched shows its weights, a square or a dash for each, in its place; touched again, none."""
    cell = figure.locator('.live-layer rect[style*="pointer"]').nth(37)
    cell.click()
    assert figure.locator('[name="unit"]').input_value() == "38"
    raised, lowered = (
        path.get_attribute("d")
        for path in figure.locator('.live-layer path:is([data-top], [stroke-width="1.5"])').all()
    )
    w = nets.layers["page"][0][0][:, 37]  # -127 .. 127
    side = 6.5 * np.sqrt(np.abs(w) / 127)
    for path, sign in ((raised, 1), (lowered, -1)):
        at = np.flatnonzero((sign * w > 0) & (side >= 2))
        found = np.array([list(map(float, each)) for each in re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", path)])
        np.testing.assert_allclose(found[:, 2], side[at], atol=1e-6)
        np.testing.assert_allclose(found[:, 0] + side[at] / 2, 4 + 6.5 * (at % 28 + 0.5), atol=1e-6)
        top = side[at] / 2 if sign > 0 else 0
        np.testing.assert_allclose(found[:, 1] + top, 62 + 6.5 * (at // 28 + 0.5), atol=1e-6)
    said = figure.locator('[name="found"]').inner_text()
    assert f"Unit 38 found {nets.shown('hidden')[37]:.2f}:" in said
    nets.compare(nets.digits[0])
    cell.click()
    assert figure.locator('[name="unit"]').input_value() == "0"
    assert "Unit" not in figure.locator('[name="found"]').inner_text()


def writing(tab, figure, nets):
    """A stroke begins a digit of one's own, which the nets get as MNIST has its digits."""
    figure.locator('[name="clear"]').click()
    paper = place(figure.locator(".live-layer canvas"))
    tab.mouse.move(paper["x"] + 20, paper["y"] + 30)
    tab.mouse.down()
    for x, y in ((90, 30), (50, 120)):
        tab.mouse.move(paper["x"] + x, paper["y"] + y, steps=8)
    tab.mouse.up()
    nets.compare(nets.seen())
    rows, columns = np.indices((28, 28))
    picture = nets.seen().reshape(28, 28)
    assert [(picture * at).sum() / picture.sum() for at in (rows, columns)] == pytest.approx([14, 14], abs=0.3)
    assert 19 <= max(np.ptp(at[picture > 0]) + 1 for at in (rows, columns)) <= 22
    figure.locator(".live-layer canvas").focus()
    for key in ["ArrowRight", "ArrowDown"] * 4:
        tab.keyboard.press(key)
    moved = nets.seen().reshape(28, 28)
    np.testing.assert_array_equal(moved[4:, 4:], picture[:-4, :-4])
    nets.compare(nets.seen())

    def dot(i, j):
        paper = place(figure.locator(".live-layer canvas"))
        tab.mouse.click(paper["x"] + (j + 0.5) * paper["width"] / 28, paper["y"] + (i + 0.5) * paper["height"] / 28)
        return nets.seen()

    lowest = np.argwhere(moved == moved.max())[-1]
    assert np.corrcoef(dot(*lowest), picture.ravel())[0, 1] > 0.9, "a stroke doesn't go on from what was moved"
    nets.compare(nets.seen())
    figure.locator('[name="clear"]').click()
    alone = dot(5, 5)
    figure.locator("select").select_option("1")
    np.testing.assert_array_equal(dot(5, 5), alone, "a stroke on a test digit doesn't begin anew")
    figure.locator('[name="clear"]').click()
    figure.locator(".live-layer canvas").focus()
    pen = figure.locator(".live-pen")
    before = float(pen.get_attribute("y"))
    tab.keyboard.press("Shift+ArrowDown")
    assert float(pen.get_attribute("y")) == pytest.approx(before + 6.5, abs=3.4)  # from where the pointer left it
    assert "moved" not in figure.locator(".live-layer").inner_text()
    assert not nets.seen().any(), "a pen that is up draws"
    tab.keyboard.press("Space")
    for key in ["ArrowDown"] * 9 + ["ArrowRight"] * 3:
        tab.keyboard.press(key)
    assert nets.seen().any()
    nets.compare(nets.seen())


class Thinned(Nets):
    """The net without units: what Python says of a digit by the masks that are drawn, and what the figure shows."""

    def __init__(self, tab, figure):
        super().__init__(figure)
        self.tab, self.masks, self.select = tab, [], figure.locator("select")
        tab.evaluate("""() => {
          const random = Math.random;
          window.drawn = [];
          Math.random = () => { drawn.push(random()); return drawn.at(-1); };
        }""")

    def press(self, name, count):
        """Drop units by a button, by keyboard; its masks follow from what was drawn at random."""
        rate, units = self.record["settings"]["page"]["drop_hidden"], self.sizes["page"][1]
        self.figure.locator(f'[name="{name}"]').press("Enter")
        kept = np.array(self.tab.evaluate("drawn")).reshape(-1, units) >= rate
        self.masks += list(kept[len(kept) - count :] / (1 - rate))

    def compare(self, i):
        """All that is shown of digit i."""
        assert self.select.input_value() == f"{i}"
        pixels, digit = self.digits[i], self.record["digits"][i]
        shown, whole = self.all_shown(), self.says("page", pixels)
        each = [self.says("page", pixels, mask) for mask in self.masks]
        last, mean = (each[-1], np.mean(each, axis=0)) if each else (np.zeros(10), np.zeros(10))
        for of, p in {"page": whole, "thinned": last, "mean": mean, "hidden": self.hidden(pixels)}.items():
            np.testing.assert_allclose(shown["value"][of], p, atol=1e-4)
        beside = self.figure.locator(".live-zero").evaluate_all("all => all.map(e => +e.getAttribute('width'))")
        behind = 80 * np.where(whole >= 0.01, whole, 0) * bool(each)
        np.testing.assert_allclose(beside, [*np.zeros(10), *behind, *behind], atol=80 * 1e-4)
        keep = self.masks[-1] if each else np.ones(self.sizes["page"][1])
        np.testing.assert_array_equal(shown["keep"]["hidden"], keep)
        assert self.figure.locator('.live-layer path[visibility="visible"]').count() == (keep == 0).sum()
        assert f"test digit {digit['test_image']} true class: {digit['label']}" in shown["text"]
        assert shown["text"].count("?") == (0 if each else 2)
        assert framed(self.figure) == f"{digit['label']}"
        self.words(digit["label"], whole, each)

    def words(self, label, whole, each):
        """The sentences: what is read, by how many, and how far the mean is from the whole net."""
        said = self.figure.locator(".live-said").inner_text().replace("\u202f", " ").strip()
        sure = f"{np.floor(1000 * whole.max()) / 10:.1f} %"
        assert said.startswith(f"The whole net reads {whole.argmax()} ({sure})")
        if not each:
            assert said.endswith("What will a thinned net read?")
            return
        assert f"of {(self.masks[-1] > 0).sum()} units, {each[-1].argmax()} (" in said
        right, mean = sum(p.argmax() == label for p in each), np.mean(each, axis=0)
        assert f"{right} of {len(each)} thinned net{'s' * (len(each) > 1)} read the {label}." in said
        average, far = re.search(r"they give (\d) .* within ([\d.]+) points", said).groups()
        assert int(average) == mean.argmax()
        assert float(far) == pytest.approx(100 * np.abs(mean - whole).max(), abs=0.06)


def thinning(tab, figure):
    """The whole net, the last thinned one and the mean of all so far, of each digit, by every mask that was drawn."""
    nets = Thinned(tab, figure)
    first, picture = thinned.most_apart(nets.record, nets.layers["page"]), figure.locator("[role=spinbutton]")
    nets.compare(first)
    for name, count in (("drop", 1), ("drop", 1), ("more", 20), ("drop", 1)):
        nets.press(name, count)
        nets.compare(first)
    assert len({mask.tobytes() for mask in nets.masks}) == 23
    for i in range(len(nets.digits)):
        nets.select.select_option(f"{i}")
        nets.compare(i)
    figure.locator('[name="next"]').click()
    nets.compare(0)
    picture.click()
    nets.compare(1)
    for key, i in (("ArrowLeft", 0), ("ArrowDown", len(nets.digits) - 1), ("ArrowRight", 0), ("ArrowUp", 1)):
        picture.press(key)
        nets.compare(i)
    assert picture.get_attribute("aria-valuetext") == "first 1, no. 2"
    figure.locator('[name="all"]').click()
    nets.masks = []
    nets.compare(1)
    nets.press("more", 20)
    nets.compare(1)


def graph(tab, figure):
    """Each node that runs, whatever is asked for and fed, and what three runs of the trainer write."""
    from deepcourse.graphs import page_graph
    from deepcourse.graphs.run import evaluate, run

    unit = page_graph.unit()
    nodes = unit.loss.graph.nodes
    asked = {"y": [unit.y], "loss": [unit.loss], "dw": [unit.dw], "train": [unit.train_w, unit.train_b]}
    feed = {page_graph.by_name(unit.loss.graph, name): value for name, value in page_graph.FED.items()}

    def compare(fetches):
        expected = evaluate(fetches, feed)
        lit = "e => [...e.querySelectorAll('[role=radio]')].map(c => c.dataset.value && +c.dataset.value)"
        found = figure.evaluate(lit)
        assert [nodes[n] for n, value in enumerate(found) if value is not None] == [*expected]
        np.testing.assert_allclose([v for v in found if v is not None], [*expected.values()], atol=1e-6)
        assert figure.locator("output").inner_text().startswith(f"{len(expected)} of ")

    compare([unit.loss])  # touched
    assert figure.locator("[role=radio]:visible").count() == unit.loss.number + 1, "no gradient was asked for yet"
    for name, fetches in asked.items():
        figure.locator('[name="fetch"]').select_option(name)
        for x, t in ((1.5, 2.0), (-2.3, 0.4), (0.0, -3.0)):
            for key, value in (("x", x), ("t", t)):
                figure.locator(f'[name="{key}"]').fill(str(value))
            feed = {node: {"x": x, "t": t}[node.name] for node in feed}
            compare(fetches)
    assert figure.locator("[role=radio]:visible").count() == len(nodes)
    figure.locator('[name="x"]').fill("1.2")
    feed = {node: 1.2 if node.name == "x" else value for node, value in feed.items()}
    for _ in range(3):
        figure.locator('[name="run"]').click()
        run(asked["train"], feed)
        compare(asked["train"])
    assert "Run 3 has written w = " in figure.locator("output").inner_text()
    figure.locator('[name="fetch"]').select_option("loss")
    figure.locator('[name="run"]').click()
    compare([unit.loss])
    assert "Run 4 has written nothing" in figure.locator("output").inner_text()
    figure.locator("[role=radio]").nth(5).click()
    compare([nodes[5]])
    tab.keyboard.press("ArrowLeft")
    compare([nodes[4]])
    figure.locator('[name="anew"]').click()
    unit = page_graph.unit()
    nodes = unit.loss.graph.nodes
    feed = {page_graph.by_name(unit.loss.graph, node.name): value for node, value in feed.items()}
    compare([unit.loss])


def median(tab, figure):
    """Weiszfeld's answer, the mean, and the descent, at several places of the points, rates and steps."""
    from deepcourse.graphs import median as medians
    from deepcourse.graphs.runs.median import walk

    def at(selector):
        read = f"e => [...e.querySelectorAll('{selector}')].map(c => [+c.dataset.value, +c.dataset.y])"
        return np.array(figure.locator(".live-layer").evaluate(read))

    def compare(rate, steps):
        points = at("[role=button]")
        there, _ = medians.geometric_median(points)
        np.testing.assert_allclose(at("circle.live-line"), [there], atol=1e-6)
        np.testing.assert_allclose(at("path[data-value]"), [points.mean(axis=0)], atol=1e-12)
        last = walk(points, points.mean(axis=0), rate, steps)[-1]
        np.testing.assert_allclose(at("circle[data-top]"), [last], atol=1e-6)
        away = float(re.search(r"([\d.e+-]+) away", figure.locator("output").inner_text())[1])
        assert away == pytest.approx(np.linalg.norm(last - there), rel=0.06, abs=1e-6)
        return points

    np.testing.assert_array_equal(
        compare(0.25, 20), json.loads((RUNS / "graphs/median.json").read_text())["settings"]["apart"]
    )
    for rate, steps in ((0.05, 60), (0.8, 60), (1.5, 37), (0.25, 0)):
        figure.locator('[name="rate"]').fill(str(rate))
        figure.locator('[name="steps"]').fill(str(steps))
        compare(rate, steps)
    figure.locator('[name="steps"]').fill("30")
    figure.locator("[role=button]").nth(4).focus()
    for key in ("ArrowLeft", "Shift+ArrowDown", "Shift+ArrowLeft"):
        tab.keyboard.press(key)
    np.testing.assert_allclose(compare(0.25, 30)[4], [7.9, 5.0])
    box = figure.locator("[role=button]").nth(4).bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] - 150, box["y"] + 60, steps=5)
    tab.mouse.up()
    moved = compare(0.25, 30)
    assert moved[4][0] < 7
    assert (at("[role=button]")[:4] == moved[:4]).all()


def retracing(tab, figure):
    """What each of four calls does in three ways, for many sequences, and what a guess is told."""
    record = json.loads((RUNS / "graphs/retracing.json").read_text(encoding="utf-8"))
    words, base, calls = {"t": "traces", "s": "reuses", "r": "refuses"}, len(record["arguments"]), [2, 3, 4, 0]
    rows, ways = figure.locator("[role=spinbutton]"), ("plain", "reduced", "declared")

    def compare(shown):
        numbers = [sum(d * base ** (t - i) for i, d in enumerate(calls[: t + 1])) for t in range(4)]
        for way in ways:
            letters = [record["answers"][way][t][n] for t, n in enumerate(numbers)]
            expected = [words[letter] for letter in letters[:shown]] + ["?"] * (4 - shown)
            found = figure.locator(f'text[data-of="{way}"]').all_text_contents()
            assert found == expected, (calls, way)
        said = figure.evaluate(VALUES)
        assert said[:4] == calls
        counts = [sum(record["answers"][way][t][n] == "t" for t, n in enumerate(numbers[:shown])) for way in ways]
        assert said[4:] == counts
        told = record["answers"][figure.locator("select").input_value()]
        return [told[t][n] for t, n in enumerate(numbers)]

    right, shown = 0, 1
    keys = ["ArrowRight", "ArrowUp", "ArrowDown", "ArrowLeft"]
    for guesses, (row, key) in enumerate(itertools.product(range(4), keys), 1):
        rows.nth(row).focus()
        tab.keyboard.press(key)
        calls[row] = (calls[row] + (1 if key in ("ArrowRight", "ArrowUp") else -1)) % base
        shown = min(shown, max(row, 1))
        figure.locator("select").select_option(ways[guesses % 3])
        answer = compare(shown)[shown]
        guess = "tsr"[guesses % 3]
        figure.locator(f'[name="{guess}"]').click()
        shown += 1
        compare(shown)
        right += guess == answer
        said = figure.locator("output").inner_text()
        assert said.startswith(("Right: " if guess == answer else "No: ") + f"call {shown} {words[answer]}.")
        assert f"{right} of {guesses} guesses" in said
    box = rows.nth(1).bounding_box()
    tab.mouse.click(box["x"] + 5, box["y"] + 5)
    calls[1] = (calls[1] + 1) % base
    compare(1)


def lengths(tab, figure):
    """The bars of every net of the record, how high they stand, and the words on a layer."""
    record = json.loads((RUNS / "training/gradients.json").read_text(encoding="utf-8"))
    depths = record["settings"]["depths"]
    bends, rules = (
        figure.locator(f'select[name="{name}"] option').evaluate_all("all => all.map(e => e.value)")
        for name in ("bend", "rule")
    )
    assert len(record["norms"]) == len(bends) * len(rules) * len(depths)
    for bend, rule in itertools.product(bends, rules):
        figure.locator('[name="bend"]').select_option(bend)
        figure.locator('[name="rule"]').select_option(rule)
        for i, depth in enumerate(depths):
            figure.locator('[name="depth"]').fill(str(i))
            shown = figure.locator(".live-layer").evaluate(VALUES)
            np.testing.assert_allclose(shown, record["norms"][f"{bend} {rule} {depth}"], rtol=1e-6)
    assert figure.locator(".live-set").inner_text() == str(depths[-1])
    figure.locator("[role=slider]").focus()
    tab.keyboard.press("Home")
    start = int(figure.locator("[role=slider]").get_attribute("aria-valuenow"))
    for _ in range(7):
        tab.keyboard.press("ArrowRight")
    said, at = figure.locator("output").inner_text(), start + 7
    assert f"Layer {at} of {depths[-1]}" in said
    heights = figure.locator(".live-layer rect").evaluate_all("all => all.map(e => e.getBBox().height)")
    decades = np.log10(record["norms"][f"{bends[-1]} {rules[-1]} {depths[-1]}"])
    np.testing.assert_allclose(np.diff(heights), np.diff(decades) / 18 * 226, atol=0.01)  # 18 decades, 226 pixels
    told = {3.2e-79: "3.2·10⁻⁷⁹", 0.00123: "1.2·10⁻³", 0.306: "0.31", 1.17: "1.2", 11.9: "12"}
    words = """async all => {
      const { words } = await import(new URL("/assets/live/plot.js", location).href);
      return all.map(words);
    }"""
    assert tab.evaluate(words, [*told]) == [*told.values()]


def cutting(tab, figure):
    """The scores of all points of the net that Python trains, what is misread, and where the line runs."""
    record = json.loads((RUNS / "training/boundary.json").read_text(encoding="utf-8"))
    settings, first = record["settings"], record["first"]
    points = np.array(record["points"])
    w1, w2 = np.array(first["w1"]), np.array(first["w2"])[:, None]
    widest = [(w1, np.zeros(len(w2))), (w2, np.zeros(1))]
    for at, decayed in ((7, 0), (7, 3), (2, 1), (0, 7)):
        for name, value in (("width", at), ("decay", decayed)):
            figure.locator(f'[name="{name}"]').fill(str(value))
        width, decay = settings["widths"][at], settings["decays"][decayed]
        net = boundary.narrower(widest, width)
        boundary.learn(points[:, :2], points[:, 2], net, settings["rate"], settings["steps"], decay)
        shown = figure.locator("[data-value]").evaluate_all("all => all.map(e => Number(e.dataset.value))")
        np.testing.assert_allclose(shown, forward(points[:, :2], net, "tanh")[1][:, 0], atol=1e-4)
        found = record["values"][f"of_{width}"][f"decay_{decayed}"]
        said = figure.locator("output").inner_text()
        counts = [round(found["own"] * len(points)), round(found["others"] * len(record["others"]))]
        assert [int(n) for n in re.findall(r"(\d+) of", said)] == counts
        line = figure.locator('.live-layer path[stroke-width="2.4"]').get_attribute("d")
        ends = np.array(re.findall(r"[ML]([\d.]+) ([\d.]+)", line), float)
        assert len(ends) > 60, "the line doesn't cross the plane"
        z = forward((ends - [240, 160]) / [90, -90], net, "tanh")[1]
        assert np.abs(z).max() < 0.5, "the line runs where the scores aren't 0"
        assert np.median(np.abs(z)) < 0.05


def racing(tab, figure):
    """Places and losses of five optimizers on each surface, by rate, start and step, and what they begin with."""
    record = json.loads((RUNS / "training/race.json").read_text(encoding="utf-8"))
    settings, best = record["settings"], record["values"]

    def fill(name, value):
        part = figure.locator(f'[name="{name}"]')
        part.fill(str(value)) if name in ("rate", "steps") else part.select_option(value)

    def compare(surface, start, steps, rates):
        found = figure.locator(".live-layer [data-at]").evaluate_all(
            "all => all.map(e => [Number(e.dataset.value), ...e.dataset.at.split(' ').map(Number)])"
        )
        for (name, rate), (loss, *place) in zip(rates.items(), found, strict=True):
            path = descend(getattr(optimizers, name), SURFACES[surface], start, steps, rate=rate)
            if np.isnan(path[-1]).any():
                assert loss == np.inf or np.isnan(loss), f"{name} isn't far away"
                path = path[~np.isnan(path[:, 0])]
            else:
                assert loss == pytest.approx(SURFACES[surface].loss(path[-1]), abs=1e-6, rel=1e-6)
            np.testing.assert_allclose(place, path[-1], atol=1e-6, rtol=1e-6)

    for surface in SURFACES:
        fill("surface", surface)
        slow = settings["saddle_rate"] if surface == "saddle" else None
        rates = {name: slow or each["rate"] for name, each in best[surface].items()}
        assert figure.locator("span[data-of]:visible").evaluate_all("all => all.map(e => e.dataset.of)") == [surface]
        for steps in (0, 1, settings["steps"], 100):
            fill("steps", steps)
            compare(surface, settings[surface], steps, rates)
        for i, name in enumerate(rates):
            for at in (2 * i, 10 - i):
                fill("optimizer", name)
                fill("rate", at)
                rates[name] = settings["rates"][at]
                compare(surface, settings[surface], 100, rates)
        fill("steps", 30)
        figure.locator("[role=slider]").focus()
        x, y = settings[surface]
        for key, dx, dy in (("ArrowRight", 0.05, 0), ("Shift+ArrowDown", 0, -0.25), ("ArrowUp", 0, 0.05)):
            tab.keyboard.press(key)
            x, y = round(x + dx, 2), round(y + dy, 2)
            compare(surface, (x, y), 30, rates)
        sheet = place(figure.locator("[role=slider] rect"))
        at = sheet["x"] + sheet["width"] * 0.75, sheet["y"] + sheet["height"] * 0.3
        tab.mouse.move(at[0] - 20, at[1] + 20)
        tab.mouse.down()
        tab.mouse.move(*at, steps=4)
        tab.mouse.up()
        start = [float(n) for n in figure.locator("[role=slider]").get_attribute("aria-valuetext").split(",")]
        assert start == pytest.approx([0.8, 0.64], abs=0.02)
        compare(surface, start, 30, rates)


class Mapped:
    """A digit and kernels that repeat: what Python says of them by now, and what the figure shows."""

    def __init__(self, figure):
        self.figure = figure
        self.record = json.loads((RUNS / "convolution/feature_map.json").read_text(encoding="utf-8"))
        self.settings = feature_map.Settings()
        self.digits = [np.frombuffer(base64.b64decode(d["pixels"]), np.uint8) for d in self.record["digits"]]
        self.image = self.digits[self.record["shown"]].reshape(28, 28)
        self.by, self.place, self.period = (0, 0), (12, 17), 1
        self.kernels = {n: feature_map.kernels(self.settings, n) for n in self.settings.periods}

    def set_period(self, period):
        self.figure.locator('[name="period"]').fill(str(self.settings.periods.index(period)))
        self.period = period

    def own(self):
        """The kernel of the chosen place, which may be written to."""
        p, q = (z % self.period for z in self.place)
        return self.kernels[self.period][p, q, :, :, 0, 0]

    def ink(self):
        """The picture that is drawn."""
        alpha = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 3)"
        return np.array(self.figure.locator(".live-layer canvas").evaluate(alpha)).reshape(28, 28)

    def shown(self, of, what="e.dataset.value"):
        return np.array(self.figure.locator(f'[data-of="{of}"]').evaluate_all(f"all => all.map(e => Number({what}))"))

    def compare(self):
        """All sums, the taps, how far the map is from the old one, which marks are hollow, and the words."""
        w, picture = self.kernels[self.period], feature_map.moved(self.image, *self.by)
        np.testing.assert_array_equal(self.ink(), picture)
        y, sums = feature_map.feature_map(picture, w), self.shown("sum").reshape(26, 26)
        np.testing.assert_allclose(sums, y, atol=1e-9)
        np.testing.assert_array_equal(self.shown("tap").reshape(3, 3), self.own())
        far = float(self.figure.locator('[name="found"]').get_attribute("data-value"))
        assert far == pytest.approx(feature_map.apart(self.image, w, *self.by), abs=1e-9)
        found = self.figure.locator('[name="found"]').inner_text()
        assert ("isn't the old one" in found, "Nothing is pushed" in found) == (far > 1e-9, self.by == (0, 0))
        before = feature_map.moved(feature_map.feature_map(self.image, w), *self.by)
        there = feature_map.moved(np.ones((26, 26)), *self.by) > 0
        hollow = self.shown("sum", "e.getAttribute('fill-opacity')").reshape(26, 26) == 0
        np.testing.assert_array_equal(hollow, there & (np.abs(before - y) > 1e-9))
        said = re.search(r"place (\d+), (\d+), kernel (\d+), (\d+) makes (−?[\d.]+)", self.said())
        p, q, row, column = map(int, said.groups()[:4])
        assert ((p, q), (row, column)) == (self.place, (p % self.period, q % self.period))
        assert float(said[5].replace("−", "-")) == pytest.approx(y[p, q], abs=0.006)
        return far

    def said(self):
        return self.figure.locator('[name="said"]').inner_text()


def mapping(tab, figure):
    """The map of every period and push, of a digit and of a drawing, with kernels as they come and edited ones."""
    found = Mapped(figure)
    right, left = (figure.locator(f'[name="{name}"]') for name in ("right", "left"))
    for period in found.settings.periods:
        found.set_period(period)
        found.compare()
        for n in range(1, found.settings.pushes + 1):
            right.click()
            found.by = (0, n)
            assert found.compare() == pytest.approx(found.record["values"][f"period_{period}"][f"by_{n}"], abs=1e-9)
        for _ in range(found.settings.pushes):
            left.click()
        found.by = (0, 0)
    paper = figure.locator(".live-layer canvas")
    found.set_period(2)
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowLeft"):
        paper.press(key)
    found.by = (-3, -1)
    assert found.compare() > 0
    paper.press("ArrowDown")
    paper.press("ArrowRight")
    found.by = (-2, 0)
    assert found.compare() == pytest.approx(0, abs=1e-9)
    choosing(tab, figure, found)
    editing(figure, found)
    figure.locator('[name="clear"]').click()
    box = place(paper)
    tab.mouse.move(box["x"] + 30, box["y"] + 30)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 90, box["y"] + 120, steps=6)
    tab.mouse.up()
    found.by, found.image = (0, 0), found.ink()
    assert found.image.any()
    found.compare()
    paper.press("ArrowRight")
    found.by = (0, 1)
    found.compare()
    for _ in range(2):
        figure.locator('[name="next"]').click()
    found.by, found.image = (0, 0), found.digits[1].reshape(28, 28)
    found.compare()


def choosing(tab, figure, found):
    """A place is chosen by arrow keys and by touching the map, or a kernel; its window lies on the digit."""
    whole = figure.locator('[aria-roledescription="feature map"]')
    for key, place_now in (("ArrowDown", (13, 17)), ("ArrowRight", (13, 18)), ("ArrowUp", (12, 18))):
        whole.press(key)
        found.place = place_now
        found.compare()
    box = place(whole)
    tab.mouse.click(box["x"] + 20.5 / 26 * box["width"], box["y"] + 5.5 / 26 * box["height"])
    found.place = (5, 20)
    found.compare()
    box = figure.locator('.live-layer rect[style*="pointer-events"]').bounding_box()
    tab.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    found.place = (4, 21)
    found.compare()
    seen = figure.locator('.live-layer rect[width="19.5"]')
    assert [float(seen.get_attribute(of)) for of in "xy"] == [4 + 6.5 * 21, 62 + 6.5 * 4]
    found.set_period(26)
    tab.mouse.click(box["x"] + 25.5 / 26 * box["width"], box["y"] + 0.5 / 26 * box["height"])
    found.place = (0, 25)
    found.compare()
    found.set_period(2)


def editing(figure, found):
    """A tap by its slider, and the whole kernel by its name; other kernels stay, and so do those of other periods."""
    taps = figure.locator("[role=gridcell]")
    taps.nth(3).click()
    for key in ("ArrowRight", "ArrowDown"):
        figure.locator('[role=gridcell][tabindex="0"]').press(key)
    figure.locator('[name="tap"]').fill("-5")
    found.own()[2, 1] = -5
    found.compare()
    assert figure.locator('[name="preset"]').input_value() == ""
    figure.locator('[name="preset"]').select_option(label="copy")
    found.own()[:] = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    found.compare()
    for period in (3, 1, 2):
        found.set_period(period)
        found.compare()


def overlapping(tab, figure):
    """Every window and stride of each kernel, in one layer or two, repeated first or not; the chosen pixel."""
    record = json.loads((RUNS / "convolution/overlap.json").read_text(encoding="utf-8"))
    s = overlaps.Settings()
    assert overlaps.random(s).tolist() == record["random"]
    picture = figure.locator('[aria-roledescription="picture"]')
    resized = figure.locator('[name="resized"]')

    def compare(kind, size, stride, layers, at):
        along = overlaps.taps(s, kind, size)
        found = overlaps.pattern(along, stride, layers, resized.is_checked())
        np.testing.assert_allclose(np.reshape(figure.evaluate(VALUES), found.shape), found, atol=1e-6)
        w = along.reshape(1, -1, 1, 1)
        w = widened(w, stride)[:1] if resized.is_checked() else w
        words = figure.locator(".live-layer svg > text").all_text_contents()
        numbers = [[float(n) for n in re.findall(r"[\d.]+", text)] for text in words[1:]]
        expected = [w.ravel(), phases(w, stride)[0, :, 0], [found.min()], [found.max()]]
        assert numbers == [list(each) for each in expected]
        said = figure.locator("output").inner_text()
        assert ("No grid" in said) == (found.min() == found.max())
        of = f"window {size}, stride {stride}: {'No' if found.min() == found.max() else 'A'} grid."
        assert of in picture.get_attribute("aria-label")
        i, j, down, across, value = map(float, re.search(PIXEL, said).groups())
        assert ((i, j), down * across, value) == (at, value, found[at])

    at = (2, 3)
    for kind, layers in [("ones", 1), ("hill", 1), ("random", 2)]:
        figure.locator('[name="kind"]').select_option(kind)
        figure.locator('[name="layers"]').fill(str(layers))
        for taps, stride in itertools.product(s.windows, s.strides):
            figure.locator('[name="window"]').fill(str(taps))
            figure.locator('[name="stride"]').fill(str(stride))
            compare(kind, taps, stride, layers, at)
    resized.check()
    for taps, stride in itertools.product(s.windows, s.strides):
        figure.locator('[name="window"]').fill(str(taps))
        figure.locator('[name="stride"]').fill(str(stride))
        compare("random", taps, stride, 2, at)
    resized.uncheck()
    for key, at in [("ArrowDown", (3, 3)), ("ArrowRight", (3, 4)), ("ArrowUp", (2, 4)), ("ArrowUp", (1, 4))]:
        picture.press(key)
        compare("random", 6, 4, 2, at)
    box = place(picture)
    tab.mouse.click(box["x"] + 10.5 / 24 * box["width"], box["y"] + 20.5 / 24 * box["height"])
    compare("random", 6, 4, 2, (20, 10))


def occluding(tab, figure):
    """How far the class is ahead at every place of either square, for both digits; the chosen place."""
    record = json.loads((RUNS / "convolution/looks.json").read_text(encoding="utf-8"))
    side = record["side"] - record["settings"]["side"] + 1
    digit, said = figure.locator('[aria-roledescription="digit"]'), figure.locator("output")

    def compare(shown, cover, at=None):
        found = np.frombuffer(base64.b64decode(shown[cover]["lead"]), "<i2").reshape(side, side) / 100
        read = np.frombuffer(base64.b64decode(shown[cover]["read"]), "u1").reshape(side, side)
        np.testing.assert_allclose(np.reshape(figure.evaluate(VALUES), found.shape), found, atol=1e-6)
        i, j, best, side_of_it, lead = re.search(PLACE, said.inner_text()).groups()
        chosen = int(i), int(j)
        assert at in (None, chosen)
        assert int(best) == shown["read"]
        assert float(lead) * {"ahead": 1, "behind": -1}[side_of_it] == pytest.approx(found[chosen], abs=0.051)
        other = read[chosen]
        assert (f"the net reads {other}." in said.inner_text()) == (other != shown["read"])
        return chosen, found

    def drawn():  # cells of the map that one can see
        return sum(value > 0 for value in figure.evaluate(SHADES))

    for n, shown in enumerate(record["pictures"]):
        figure.locator('[name="picture"]').select_option(str(n))
        compare(shown, "grey", (0, 0))
        assert drawn() <= 1  # the reader guesses first
        figure.locator('[name="cover"]').select_option("black")
        compare(shown, "black", (0, 0))
        figure.locator('[name="cover"]').select_option("grey")
        figure.locator('[name="whole"]').check()
        _, found = compare(shown, "grey", (0, 0))
        assert drawn() == (found < round(shown["lead"], 9)).sum()
        figure.locator('[name="whole"]').uncheck()
    box = place(digit)
    tab.mouse.click(box["x"] + 10.5 / record["side"] * box["width"], box["y"] + 12.5 / record["side"] * box["height"])
    half = record["settings"]["side"] // 2
    at = (12 - half, 10 - half)
    compare(shown, "grey", at)
    for key, by in (("ArrowDown", (1, 0)), ("ArrowRight", (0, 1)), ("ArrowUp", (-1, 0)), ("ArrowLeft", (0, -1))):
        digit.press(key)
        at = at[0] + by[0], at[1] + by[1]
        compare(shown, "grey", at)


PLACE = r"Square from row (\d+), column (\d+): (\d) is (ahead|behind) by ([\d.]+) nats"
SHADES = "f => Array.from(f.querySelectorAll('[data-of=lead]'), (cell) => Number(cell.getAttribute('fill-opacity')))"
PIXEL = r"Pixel (\d+), (\d+) is (\d+) down times (\d+) across, (\d+)"


def copying(tab, figure):
    """All answers and both heads, for the first pattern, a shorter one, random bits, and bits turned over; any step."""
    record = json.loads((RUNS / "recurrent/ntm.json").read_text(encoding="utf-8"))
    pattern, pad = np.array(record["shown"]), figure.locator('[aria-roledescription="pattern"]')

    def shown(of):
        return np.array(figure.locator(f'[data-of="{of}"]').evaluate_all("all => all.map(e => +e.dataset.value)"))

    def compare(step=None):
        expected, many = copy.traced(record, pattern), len(pattern)
        step = step or 2 * many + 1
        for head in ("writing", "reading"):
            drawn, sure = copy.LEAST, 1e-4  # a weight at the limit may be drawn or not
            weights, found = expected[head][:step].ravel(), shown(head)
            assert len(found) > 0
            found = found[found > drawn + sure]
            np.testing.assert_allclose(found, weights[weights > drawn + sure], atol=1e-4)
        np.testing.assert_allclose(shown("p"), expected["p"][many + 1 : step].ravel(), atol=1e-4)
        said = re.search(r"Step (\d+): .* row (\d+), .* row (\d+)", figure.locator('[name="said"]').inner_text())
        assert [int(n) for n in said.groups()] == [
            step,
            *(expected[h][step - 1].argmax() for h in ("writing", "reading")),
        ]
        wrong = ((expected["p"][many + 1 : step] > 0.5) != (pattern[: max(step - many - 1, 0)] > 0.5)).sum()
        answered = max(step - many - 1, 0) * 8
        text = f"Of {answered} bits that it has answered, {wrong} are" if answered else "hasn't answered yet"
        assert text in figure.locator('[name="found"]').inner_text()

    compare()
    for step in (1, len(pattern) + 1, len(pattern) + 3):
        figure.locator('[name="step"]').fill(str(step))
        compare(step)
    pad.press("Space")
    pattern[0, 0] = 1 - pattern[0, 0]
    for key in ("ArrowDown", "ArrowRight", "Space"):
        pad.press(key)
    pattern[1, 1] = 1 - pattern[1, 1]
    figure.locator('[name="length"]').fill("4")
    pattern = pattern[:4]
    compare()
    figure.locator('[name="clear"]').click()
    pattern = np.zeros_like(pattern)
    compare()
    box = place(pad)
    tab.mouse.move(box["x"] + 0.05 * box["width"], box["y"] + 0.5 / 8 * box["height"])
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.5 / 8 * box["height"], steps=4)
    tab.mouse.up()
    pattern[:3, 0] = 1
    compare()


def branching(tab, figure):
    """Weights and products of all branches, with layers of 1×1 as set and without, and what is said of each."""
    presets = json.loads((RUNS / "convolution/modules.json").read_text(encoding="utf-8"))["presets"]
    rows = figure.locator(".live-layer [role=slider]")

    def compare(preset, narrow):
        size = (preset["side"],) * 2
        three, five, pool = (channels or None for channels in narrow)
        widths = [preset["one"], (three, preset["three"][1]), (five, preset["five"][1]), pool]
        found = []
        for given in (widths, modules.naive(*widths)):
            branches = inception.shapes(preset["into"], *given)
            each = [inception.spent(kernels, size) for kernels in branches.values()]
            found.append([*each, tuple(map(sum, zip(*each, strict=True)))])
        shown = np.array(figure.locator(".live-layer").evaluate(VALUES)).reshape(5, 2, 2)
        np.testing.assert_array_equal(shown, np.transpose(found, (1, 0, 2)))
        bars = figure.locator(".live-layer rect[stroke]").evaluate_all("all => all.map(e => e.width.baseVal.value)")
        weights = np.transpose(found, (1, 0, 2))[:, :, 0]
        np.testing.assert_allclose(np.reshape(bars, (5, 2)), weights / weights.max() * 250, atol=0.01)
        return found

    for preset in presets:
        figure.locator('[name="preset"]').select_option(preset["name"])
        narrow = [preset["three"][0], preset["five"][0], preset["pool"]]
        compare(preset, narrow)
        for at, name in enumerate(("three", "five", "pool")):
            slider = figure.locator(f'[name="{name}"]')
            assert slider.get_attribute("max") == str(preset["into"])
            for channels in (0, 77, preset["into"]):
                slider.fill(str(channels))
                compare(preset, [*narrow[:at], channels, *narrow[at + 1 :]])
                branch = ("3×3", "5×5", "pool")[at]
                assert f"Branch {branch}: " in figure.locator("output").inner_text()
            slider.fill(str(narrow[at]))
    rows.focus()
    now, naive = compare(preset, narrow)
    for _ in range(5):
        tab.keyboard.press("ArrowDown")
        at = int(rows.get_attribute("aria-valuenow")) - 1
        said = figure.locator("output").inner_text()
        assert f"{now[at][0]:,} weights" in said
        assert not naive[at][0] or f"{now[at][0] / naive[at][0]:.2f} of {naive[at][0]:,}" in said
    box = place(figure.locator(".live-layer"))
    tab.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + (34 + 46 * 2 + 10) / 266 * box["height"])
    narrow, out = preset["five"]
    said = figure.locator("output").inner_text()
    assert f"5×5: kernels of 1×1, {preset['into']} to {narrow}; 5×5, {narrow} to {out}." in said


def falling(tab, figure):
    """Rate and mean loss at a step, for each fall, length, rate and warm-up of some, as Python has them."""
    s = schedules.Settings()
    best = json.loads((RUNS / "training/schedules.json").read_text(encoding="utf-8"))["values"]["constant"]["end"]

    def compare(shape, fall, high, warm, at):
        rates = schedules.rates_of(shape, s.rates[high], 5 * warm, 15 * fall, s.steps)
        losses = schedules.expected_losses(rates, s.curvatures, s.noise)
        np.testing.assert_allclose(figure.evaluate(VALUES), [rates[at - 1], losses[at - 1]], rtol=1e-6, atol=1e-15)
        said = figure.locator("output").inner_text().replace("·10⁻", "e-").translate(str.maketrans("³⁴", "34"))
        told = re.search(
            r"Step (\d+): rate (\S+), mean loss (\S+)\.\s+It ends at (\S+), the best constant rate at (\S+)\.", said
        )
        assert int(told[1]) == at
        shown = [float(told[k]) for k in (2, 3, 4, 5)]
        assert shown == pytest.approx([rates[at - 1], losses[at - 1], losses[-1], best], rel=0.06)
        return losses[-1]

    figure.locator("[role=slider]").focus()
    tab.keyboard.press("ArrowRight")
    compare("line", 4, 7, 0, 241)
    for shape in ("none", "cosine", "line"):
        figure.locator('[name="shape"]').select_option(shape)
        for fall, high, warm in ((1, 0, 0), (4, 3, 2), (20, 9, 10)):
            for name, i in (("fall", fall), ("rate", high), ("warm", warm)):
                figure.locator(f'[name="{name}"]').fill(str(i))
            compare(shape, fall, high, warm, 241)
    figure.locator("[role=slider]").focus()
    for key, at in (("ArrowLeft", 240), ("Shift+ArrowLeft", 230), ("ArrowRight", 231)):
        tab.keyboard.press(key)
        compare("line", 20, 9, 10, at)
    box = place(figure.locator(".live-layer"))
    tab.mouse.click(box["x"] + (66 + 390 * 20 / 300) / 480 * box["width"], box["y"] + 0.5 * box["height"])
    compare("line", 20, 9, 10, 20)


def reading(tab, figure):
    """Every gate and cell at each character of several dates, with gates fixed or not, and what is written."""
    record = json.loads((RUNS / "recurrent/gates.json").read_text(encoding="utf-8"))
    net, names = gates.reader(record), ("input", "forget", "output")
    plane = figure.locator("[role=slider]")

    def compare(words, held=("", "", "")):
        figure.locator('[name="words"]').fill(words)
        for name, value in zip(names, held, strict=True):
            figure.locator(f'[name="{name}"]').select_option(value)
        expected = gates.watched(net, record, words, [float(value) if value else None for value in held])
        assert f"writes {expected['answer']}" in figure.locator("output").inner_text()
        rows = np.concatenate([expected["gates"], expected["cells"]])
        plane.focus()
        for _ in range(28):
            tab.keyboard.press("ArrowLeft")
        for t in range(rows.shape[1]):
            np.testing.assert_allclose(figure.evaluate(VALUES), rows[:, t], atol=1e-4)
            tab.keyboard.press("ArrowRight")

    compare(record["shown"])
    for words, held in (("september 30, 2044", ("", "1", "")), ("x", ("", "", "0")), ("1 may 1900", ("1", "", "1"))):
        if words == "x":
            figure.locator('[name="words"]').fill(words)
            assert "never seen the character" in figure.locator("output").inner_text()
        else:
            compare(words, held)
    box = place(figure.locator(".live-layer"))
    tab.mouse.click(box["x"] + (116 + 13 * 2.5) / 480 * box["width"], box["y"] + 0.5 * box["height"])
    assert plane.get_attribute("aria-valuenow") == "3"


NUMBERS = {
    "convolution/feature_map": mapping,
    "convolution/overlap": overlapping,
    "convolution/occlusion": occluding,
    "convolution/module": branching,
    "gradflow/bn-line": fitting,
    "gradflow/circuit": wiring,
    "gradflow/conv-forward": convolution,
    "gradflow/lstm-reach": reaching,
    "mnist/draw": drawing,
    "mnist/thinned": thinning,
    "recurrent/dates": reading,
    "graphs/run": graph,
    "graphs/retracing": retracing,
    "graphs/median": median,
    "training/bars": lengths,
    "training/boundary": cutting,
    "training/race": racing,
    "recurrent/copy": copying,
    "training/schedules": falling,
}
