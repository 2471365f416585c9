// A table that scrolls within itself can be reached, and scrolled, with the keyboard.
(function () {
  const sizes = new ResizeObserver((changed) => changed.forEach(({ target }) => update(target)));
  document.querySelectorAll(".table-scroll").forEach((box) => sizes.observe(box));

  function update(box) {
    const overflows = box.scrollWidth > box.clientWidth;
    const caption = box.closest("figure")?.querySelector(".caption-number") ?? box.querySelector("caption");
    box.classList.toggle("overflows", overflows);
    for (const [name, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", (caption?.textContent ?? "Table").replace(/:$/, "")]]) {
      if (overflows) box.setAttribute(name, value);
      else box.removeAttribute(name);
    }
  }
})();
