// Search over all pages. The index is a script of its own, loaded when the reader first asks, so that it works from
// `file:` too. Results are built as text nodes only: nothing from a page is ever read as markup.
(function () {
  const root = document.documentElement.dataset.root;
  const dialog = document.querySelector("dialog.search");
  const input = dialog.querySelector("input");
  const list = dialog.querySelector(".search-results");
  const status = dialog.querySelector(".search-status");
  const LIMIT = 20;
  let entries = null;
  let selected = -1;

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = (text) => fold(text).match(/[\p{L}\p{N}]+(?:[.,'’-][\p{L}\p{N}]+)*/gu) || [];

  function load() {
    if (entries) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${root}assets/search-index.js`;
      script.onload = () => {
        entries = window.colophonIndex.map((entry) => ({ ...entry, foldedTitle: fold(entry.title), foldedText: fold(entry.text) }));
        resolve();
      };
      script.onerror = reject;
      document.head.append(script);
    });
  }

  // Every word must occur; a section's title counts most, then how often its text holds the rarer words.
  function find(query) {
    const terms = [...new Set(words(query))];
    if (!terms.length) return [];
    const rarity = terms.map((term) => {
      const holding = entries.filter((entry) => entry.foldedText.includes(term) || entry.foldedTitle.includes(term)).length;
      return Math.log(1 + entries.length / (1 + holding));
    });
    const phrase = fold(query.trim());
    return entries
      .map((entry) => ({ entry, score: score(entry, terms, rarity, phrase) }))
      .filter((result) => result.score > 0)
      .sort((one, other) => other.score - one.score)
      .slice(0, LIMIT)
      .map(({ entry }) => ({ entry, snippet: snippet(entry, terms) }));
  }
  function score(entry, terms, rarity, phrase) {
    let total = 0;
    for (const [place, term] of terms.entries()) {
      const inTitle = entry.foldedTitle.includes(term) ? (entry.foldedTitle.startsWith(term) ? 10 : 7) : 0;
      const count = entry.foldedText.split(term).length - 1;
      if (!inTitle && !count) return 0;
      total += rarity[place] * (inTitle + Math.min(count, 5) / 2 + (count ? 1 : 0));
    }
    return total + (terms.length > 1 && entry.foldedText.includes(phrase) ? 4 : 0);
  }

  // The words around the longest term that the text holds.
  function snippet(entry, terms) {
    const longest = [...terms].sort((one, other) => other.length - one.length);
    const place = longest.map((term) => locate(entry.text, term)).find((found) => found >= 0) ?? 0;
    const start = Math.max(0, place - 50);
    const from = start ? entry.text.indexOf(" ", start) + 1 : 0;
    const text = entry.text.slice(from, from + 160);
    return (from ? "… " : "") + text + (from + 160 < entry.text.length ? " …" : "");
  }
  // Folding may change a text's length, so the place is looked for in the original first.
  function locate(text, term) {
    const direct = text.toLowerCase().indexOf(term);
    return direct >= 0 ? direct : fold(text).indexOf(term);
  }

  function emphasised(text, terms) {
    const escaped = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return text.split(new RegExp(`(${escaped.join("|")})`, "giu")).map((part, place) => {
      if (place % 2 === 0) return document.createTextNode(part);
      const mark = document.createElement("mark");
      mark.textContent = part;
      return mark;
    });
  }
  function element(name, className, ...content) {
    const made = document.createElement(name);
    made.className = className;
    made.append(...content);
    return made;
  }

  function render() {
    const query = input.value;
    const terms = [...new Set(words(query))];
    const results = entries ? find(query) : [];
    list.replaceChildren(...results.map(({ entry, snippet }, place) => {
      const link = document.createElement("a");
      link.href = root + entry.href;
      link.tabIndex = -1;
      if (entry.chapter !== entry.title) link.append(element("span", "search-place", entry.chapter));
      link.append(element("span", "search-title", ...emphasised(entry.title, terms)));
      if (snippet) link.append(element("span", "search-snippet", ...emphasised(snippet, terms)));
      link.id = `search-result-${place}`;
      link.setAttribute("role", "option");
      link.addEventListener("mousemove", () => select(place));
      link.addEventListener("click", () => dialog.close());
      return link;
    }));
    input.setAttribute("aria-expanded", String(results.length > 0));
    status.textContent = terms.length ? (results.length ? `${results.length === LIMIT ? "The first " : ""}${results.length} ${results.length === 1 ? "section" : "sections"}` : "Nothing found") : "";
    select(results.length ? 0 : -1);
  }
  function select(place) {
    selected = place;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === place)));
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[place].id);
  }

  async function open() {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    try {
      await load();
      render();
    } catch (error) {
      status.textContent = "The search index could not be read.";
    }
  }

  document.querySelector(".tool-search").addEventListener("click", open);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  input.addEventListener("input", render);
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.key === "Enter" && selected >= 0) {
      event.preventDefault();
      list.children[selected].click();
    } else if (count && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      select((selected + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
      list.children[selected].scrollIntoView({ block: "nearest" });
    }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, [contenteditable]");
    const asked = (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) || (event.key === "k" && (event.ctrlKey || event.metaKey));
    if (asked) {
      event.preventDefault();
      open();
    }
  });
})();
