// Gives each figure that answers its script and its record: when it comes near the screen, or is touched before.

/** @param {HTMLElement} figure */
async function mount(figure) {
  near.unobserve(figure);
  if (figure.dataset.mounted) return;
  figure.dataset.mounted = "soon";
  const { live, record } = figure.dataset;
  const [module, data] = await Promise.all([
    import(new URL(`${live}.js`, import.meta.url).href),
    fetch(new URL(`../../runs/${record}.json`, import.meta.url)).then((found) => found.json()),
  ]);
  module.mount(figure, data);
  figure.dataset.mounted = "yes";
}

const near = new IntersectionObserver(
  (seen) => {
    for (const { isIntersecting, target } of seen) {
      if (isIntersecting) mount(/** @type {HTMLElement} */ (target));
    }
  },
  { rootMargin: "300px" },
);

for (const figure of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-live]"))) {
  near.observe(figure);
  for (const touch of ["pointerdown", "focusin"]) {
    figure.addEventListener(touch, () => mount(figure), { once: true });
  }
}
