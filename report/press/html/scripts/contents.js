// Scroll spy: the section being read is marked in the page's table of contents.
(function () {
  const links = [...document.querySelectorAll(".contents a")];
  if (!links.length) return;
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  let waiting = false;

  function mark() {
    waiting = false;
    const line = 96;
    let reached = headings.findLastIndex((heading) => heading && heading.getBoundingClientRect().top <= line);
    // The last sections may be too short to reach the line.
    if (innerHeight + scrollY >= document.documentElement.scrollHeight - 2) {
      reached = Math.max(reached, headings.findLastIndex((heading) => heading && heading.getBoundingClientRect().top < innerHeight / 2));
    }
    links.forEach((link, place) => {
      if (place === reached) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }
  function later() {
    if (!waiting) requestAnimationFrame(mark);
    waiting = true;
  }
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later);
  mark();
})();
