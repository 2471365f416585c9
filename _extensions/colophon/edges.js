// What is too wide for the page scrolls within itself: a shadow (colophon.css) is on each side where it goes on.
(function () {
  const boxes = document.querySelectorAll(".table-scroll, .scrolled, .quarto-float-tbl div:has(> table), figure :has(> img)");
  const sizes = new ResizeObserver((changed) => changed.forEach(({ target }) => mark(target.matches("table, img") ? target.parentElement : target)));
  for (const box of boxes) {
    [box, ...box.querySelectorAll(":scope > :is(table, img)")].forEach((element) => sizes.observe(element));
    box.addEventListener("scroll", () => mark(box), { passive: true });
  }
  function mark(box) {
    const scrolls = getComputedStyle(box).overflowX !== "visible";
    const rest = box.scrollWidth - box.clientWidth - box.scrollLeft;
    box.classList.toggle("more-left", scrolls && box.scrollLeft > 1);
    box.classList.toggle("more-right", scrolls && rest > 1);
  }
})();
