// Numbers that show their origin: a note with table, row, column, kind, formula and the command that makes the table again,
// on pointing and on focus, and to stay on click, tap or Enter. Without this script the browser shows a tooltip.
(function () {
  const facts = [...document.querySelectorAll("main :is(.fact, .more)[title]")];
  if (!facts.length) return;
  const root = document.documentElement.dataset.root ?? document.querySelector('meta[name="quarto:offset"]')?.content ?? "";
  const note = made("div", { className: "origin", id: "_origin", hidden: true, tabIndex: -1 });
  const hint = made("span", { id: "origin-hint", hidden: true });
  hint.textContent = "Enter shows where this number comes from; arrow keys go to the numbers beside it.";
  document.body.append(note, hint);
  let shown = null;
  let pinned = false;
  let leaving = 0;

  function made(name, properties, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  // ---- Stops of the tab key: one for each table, paragraph or item; arrow keys move among the numbers in it.

  const group = (fact) => fact.closest("table") ?? fact.closest("p, li, dd, dt, figcaption, caption, h1, h2, h3, h4") ?? fact;
  const entered = new Set();
  for (const fact of facts) {
    fact.dataset.origin = fact.title;
    fact.removeAttribute("title");
    if (entered.has(group(fact))) fact.tabIndex = -1;
    else stop(fact);
    entered.add(group(fact));
  }
  function stop(fact) {
    fact.tabIndex = 0;
    fact.setAttribute("role", "button");
    fact.setAttribute("aria-expanded", "false");
    fact.setAttribute("aria-describedby", hint.id);
  }
  function neighbour(fact, key) {
    const inside = [...group(fact).querySelectorAll("[data-origin]")];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step) return inside[inside.indexOf(fact) + step];
    // Up and down stay in the column of a table; elsewhere they scroll, as readers are used to.
    const cell = fact.closest("td, th");
    let line = cell?.parentElement;
    while (line) {
      line = key === "ArrowDown" ? line.nextElementSibling : key === "ArrowUp" ? line.previousElementSibling : null;
      const next = line?.cells?.[cell.cellIndex]?.querySelector("[data-origin]");
      if (next) return next;
    }
    return undefined;
  }

  // ---- What is told: at once what stands in the page, and the cells once the chapter's script is here.

  const origins = new Map();
  window.colophonOrigins = (chapter, content) => origins.get(chapter)?.arrived(content);
  function load(chapter) {
    if (origins.has(chapter)) return origins.get(chapter).content;
    const entry = {};
    entry.content = new Promise((resolve) => { entry.arrived = resolve; });
    origins.set(chapter, entry);
    document.head.append(made("script", { src: `${root}facts/${chapter}.js`, onerror: () => entry.arrived(null) }));
    return entry.content;
  }
  function told(fact) {
    const [kind, ...rest] = fact.dataset.origin.split(" · ");
    const tables = [];
    while (rest.length && /^[\w.-]+\/[\w.-]+$/.test(rest[0])) tables.push(rest.shift());
    const others = /^and \d+ more tables$/.test(rest[0] ?? "") ? rest.shift() : "";
    return { kind, tables, others, how: rest.join(" · ") };
  }
  function fill(fact) {
    const { kind, tables, others, how } = told(fact);
    const list = made("dl", {});
    tables.forEach((table) => line(list, tables.length > 1 ? "Tables" : "Table", made("a", { href: `${root}tables/${table}.html` }, made("code", {}, table))));
    if (others) line(list, "", others);
    if (how) line(list, "Formula", how);
    note.replaceChildren(made("span", { className: `badge ${kind}` }, kind), list);
    const [, chapter, number] = (fact.dataset.fact ?? "").match(/^(.*)-(\d+)$/) ?? [];
    if (chapter) load(chapter).then((content) => {
      if (shown === fact && content?.facts[number]) cells(list, content, content.facts[number], how);
    });
  }
  function cells(list, { tables, rows }, places, how) {
    list.replaceChildren();
    const commands = new Set();
    const named = new Map();
    for (const [place, column] of places.slice(0, -1)) {
      const [table, number, key] = rows[place];
      const [name, command, page] = tables[table];
      commands.add(command);
      if (!named.has(table)) named.set(table, { name, page, cells: [] });
      named.get(table).cells.push({ column, number, key });
    }
    const several = places.length > 2;
    for (const { name, page, cells } of named.values()) {
      line(list, "Table", made("a", { href: root + page }, made("code", {}, name)));
      for (const { column, number, key } of cells) {
        const row = number ? [made("a", { href: `${root}${page}#row-${number}` }, `${number}: ${key}`)] : [];
        const named = made("code", {}, column.replace(/^@rows$/, "number of rows").replace(/^@/, "sidecar: "));
        if (several) line(list, "Cell", named, ...(number ? [" in row ", ...row] : []));
        else {
          if (number) line(list, "Row", ...row);
          line(list, "Column", named);
        }
      }
    }
    const more = places.at(-1);
    const rest = `and ${more} more ${more > 1 ? "cells" : "cell"}`;
    const [only] = named.values();
    if (more) line(list, "", named.size === 1 ? made("a", { href: root + only.page }, rest) : rest);
    if (how) line(list, "Formula", how);
    line(list, "Make again", ...[...commands].flatMap((command, at) => [at ? ", " : "", made("code", {}, command)]));
    if (shown) place(shown);
  }
  function line(list, name, ...value) {
    list.append(made("dt", {}, name), made("dd", {}, ...value));
  }

  // ---- Showing and hiding.

  function show(fact) {
    clearTimeout(leaving);
    if (shown === fact) return;
    hide();
    shown = fact;
    note.hidden = false;
    note.setAttribute("role", "tooltip");
    note.removeAttribute("aria-label");
    fill(fact);
    place(fact);
    fact.setAttribute("aria-describedby", note.id);
  }
  function pin(fact) {
    show(fact);
    pinned = true;
    note.setAttribute("role", "dialog");
    note.setAttribute("aria-label", `Origin of ${fact.textContent}`);
    if (fact.hasAttribute("aria-expanded")) fact.setAttribute("aria-expanded", "true");
  }
  function place(fact) {
    const at = fact.getClientRects()[0];
    if (!at) return;
    const gap = 8;
    const left = Math.min(Math.max(at.left, gap), document.documentElement.clientWidth - note.offsetWidth - gap);
    const below = at.bottom + gap + note.offsetHeight < innerHeight || at.top < note.offsetHeight + gap;
    note.style.left = `${Math.max(left, gap) + scrollX}px`;
    note.style.top = `${(below ? at.bottom + gap : at.top - gap - note.offsetHeight) + scrollY}px`;
  }
  function hide() {
    if (shown?.hasAttribute("role")) {
      shown.setAttribute("aria-describedby", hint.id);
      shown.setAttribute("aria-expanded", "false");
    } else shown?.removeAttribute("aria-describedby");
    shown = null;
    pinned = false;
    note.hidden = true;
  }
  function leave() {
    if (pinned) return;
    clearTimeout(leaving);
    leaving = setTimeout(hide, 150);
  }

  const main = document.querySelector("main");
  const factAt = (event) => event.target.closest?.("[data-origin]");
  main.addEventListener("mouseover", (event) => { const fact = factAt(event); if (fact && !pinned) show(fact); });
  main.addEventListener("mouseout", (event) => { if (factAt(event)) leave(); });
  main.addEventListener("focusin", (event) => { const fact = factAt(event); if (fact) show(fact); });
  main.addEventListener("focusout", (event) => {
    if (!factAt(event) || note.contains(event.relatedTarget)) return;
    pinned = false;
    leave();
  });
  main.addEventListener("click", (event) => { const fact = factAt(event); if (fact) pin(fact); });
  main.addEventListener("keydown", (event) => {
    const fact = factAt(event);
    if (!fact || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      pin(fact);
      note.focus();
      return;
    }
    const next = neighbour(fact, event.key);
    if (!next) return;
    event.preventDefault();
    fact.tabIndex = -1;
    ["role", "aria-expanded", "aria-describedby"].forEach((name) => fact.removeAttribute(name));
    stop(next);
    next.focus();
  });
  note.addEventListener("mouseenter", () => clearTimeout(leaving));
  note.addEventListener("mouseleave", leave);
  note.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || !shown) return;
    // The note stands at the end of the page; behind its last link, and before its first one, is the number.
    const links = [...note.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (links.length && (event.shiftKey ? at > 0 : at < links.length - 1)) return;
    event.preventDefault();
    back();
  });
  note.addEventListener("focusout", (event) => {
    if (note.contains(event.relatedTarget) || event.relatedTarget === shown) return;
    if (event.relatedTarget) hide();
  });
  function back() {
    const fact = shown;
    hide();
    fact?.focus();
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    const inside = note.contains(document.activeElement);
    const fact = shown;
    hide();
    if (inside) { fact.focus(); hide(); }
  });
  document.addEventListener("click", (event) => {
    if (shown && !event.target.closest("[data-origin], .origin")) hide();
  });
})();
