// What scrolls within itself (a table, code, on a phone a formula or a figure) can be reached, and scrolled, with the keyboard.
(function () {
  const sizes = new ResizeObserver((changed) => changed.forEach(({ target }) => update(target)));
  document.querySelectorAll(".table-scroll, main pre, .equation, math[display=block], figure :has(> img)").forEach((box) => sizes.observe(box));

  function update(box) {
    const overflows = box.scrollWidth > box.clientWidth;
    box.classList.toggle("overflows", overflows);
    const attributes = { tabindex: "0" };
    if (box.matches(".table-scroll")) {
      const caption = box.closest("figure")?.querySelector(".caption-number") ?? box.querySelector("caption");
      Object.assign(attributes, { role: "region", "aria-label": (caption?.textContent ?? "Table").replace(/:$/, "") });
    }
    for (const [name, value] of Object.entries(attributes)) {
      if (overflows) box.setAttribute(name, value);
      else box.removeAttribute(name);
    }
  }
})();
