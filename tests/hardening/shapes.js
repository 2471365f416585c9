// What a page is made of, and the texts that stand in the places where the strings of the trial are shown.
() => {
  const words = (text) => text.replace(/\s+/gu, " ").trim();
  const shapes = new Set();
  for (const element of document.querySelectorAll("*")) {
    if (element.id === "_origin") continue;
    // Which tables scroll and which number is a stop of the tab key depends on widths and places.
    const varies = element.matches(".table-scroll") ? ["tabindex", "role", "aria-label"] : ["tabindex", "aria-expanded"];
    const names = element.getAttributeNames().filter((name) => !varies.includes(name)).sort();
    shapes.add(`${element.parentElement?.localName} > ${element.localName} [${names.join(" ")}]`);
    for (const name of ["href", "src", "action", "data"]) {
      const target = element.getAttribute(name);
      if (target && /^\s*[a-z][a-z0-9+.-]*:/i.test(target) && target !== "data:,") shapes.add(`${element.localName} leads to ${target}`);
    }
  }
  const judged = location.pathname.endsWith("/judged/verdicts.html");
  const texts = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent);
  return {
    shapes: [...shapes],
    planted: Object.keys(window).filter((name) => name === "planted"),
    cells: texts("[id^=tbl-texts-] tbody tr td:nth-child(2)"),
    examples: texts("[id^=tbl-texts-] tbody tr td:nth-child(3)"),
    sentences: texts("#sec-sentences ~ p .claim, section:has(> #sec-sentences) p .claim, #sec-sentences p .claim"),
    captions: texts("[id^=tbl-caption-] figcaption .fact, [id^=tbl-caption-] caption .fact"),
    headings: [...document.querySelectorAll("h3")].map((heading) => words(heading.textContent.replace(/#$/, ""))),
    origins: [...document.querySelectorAll("[id^=tbl-texts-] tbody tr td:nth-child(2) .fact")].map((fact) => fact.dataset.origin ?? fact.title),
    alts: [...document.querySelectorAll("img")].map((image) => image.alt),
    gathered: texts(".gathered .claim"),
    rows: judged ? [] : texts("body.table-page tbody td:nth-child(4)"),
    answers: texts("[id^=tbl-said-] tbody tr td:nth-child(2)"),
    spans: texts("[id^=tbl-said-] tbody tr td:nth-child(3)"),
    replies: texts("[id^=tbl-said-] tbody tr td:nth-child(4)"),
    judged: judged ? texts("body.table-page tbody td") : [],
  };
}
