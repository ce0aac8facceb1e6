// What Material leaves to the pointer: the menu of a narrow screen, and the space bar on the switch of the scheme.

const drawer = /** @type {HTMLInputElement} */ (document.getElementById("__drawer"));
const label = /** @type {HTMLElement} */ (document.querySelector(".md-header__button[for=__drawer]"));
const button = document.createElement("button");
const tell = () => button.setAttribute("aria-expanded", String(drawer.checked));

button.type = "button";
button.setAttribute("aria-label", "Menu");
button.append(...label.childNodes);
label.append(button);
drawer.addEventListener("change", tell);
tell();

button.addEventListener("click", (event) => {
  drawer.click();
  if (drawer.checked && event.detail === 0) first()?.focus(); // a key was pressed
});

document.addEventListener("keydown", (event) => {
  const { key } = event;
  const target = /** @type {HTMLElement} */ (event.target);
  if (key === "Escape" && drawer.checked) {
    drawer.click();
    button.focus();
  } else if (key === " " && target.matches("label[tabindex='0']")) {
    event.preventDefault();
    target.click();
  } else if (key === " " && target.matches(".md-option")) {
    event.preventDefault();
    target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  }
});

/** @returns {HTMLElement | undefined} the first stop of the menu */
function first() {
  const stops = /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll(".md-sidebar--primary :is(a[href], label[tabindex='0'])")
  );
  return [...stops].find((stop) => stop.checkVisibility({ visibilityProperty: true }));
}
