// Numbers that show their origin: a note with kind, table and derivation, on hover, on focus, and to stay on click.
// Without this script the browser shows the same text as a tooltip.
(function () {
  const facts = [...document.querySelectorAll("main :is(.fact, .more)[title]")];
  if (!facts.length) return;
  const note = document.createElement("div");
  note.className = "origin";
  note.id = "origin";
  note.setAttribute("role", "tooltip");
  note.hidden = true;
  document.body.append(note);
  let shown = null;
  let pinned = false;
  let leaving = 0;

  // A table is one stop for the tab key; arrow keys move among its numbers.
  const entered = new Set();
  facts.forEach((fact) => {
    fact.dataset.origin = fact.title;
    fact.removeAttribute("title");
    const table = fact.closest("table");
    fact.tabIndex = table && entered.has(table) ? -1 : 0;
    if (table) entered.add(table);
  });

  function lines(origin) {
    const [kind, ...rest] = origin.split(" · ");
    const tables = [];
    while (rest.length && /^[\w.-]+\/[\w.-]+$/.test(rest[0])) tables.push(rest.shift());
    return { kind, tables, how: rest.join(" · ") };
  }
  function fill(fact) {
    const { kind, tables, how } = lines(fact.dataset.origin);
    const badge = document.createElement("span");
    badge.className = `badge ${kind}`;
    badge.textContent = kind;
    const list = document.createElement("dl");
    for (const table of tables) row(list, tables.length > 1 ? "Tables" : "Table", table, true);
    if (how) row(list, "From", how, false);
    note.replaceChildren(badge, list);
  }
  function row(list, name, value, code) {
    const term = document.createElement("dt");
    term.textContent = list.lastChild && list.querySelector("dt:last-of-type").textContent === name ? "" : name;
    const description = document.createElement("dd");
    const holder = code ? document.createElement("code") : description;
    holder.textContent = value;
    if (code) description.append(holder);
    list.append(term, description);
  }
  function show(fact) {
    clearTimeout(leaving);
    if (shown === fact) return;
    hide();
    fill(fact);
    note.hidden = false;
    place(fact);
    fact.setAttribute("aria-describedby", note.id);
    shown = fact;
  }
  function place(fact) {
    const at = fact.getClientRects()[0];
    const gap = 8;
    const left = Math.min(Math.max(at.left, gap), document.documentElement.clientWidth - note.offsetWidth - gap);
    const below = at.bottom + gap + note.offsetHeight < innerHeight;
    note.style.left = `${Math.max(left, gap) + scrollX}px`;
    note.style.top = `${(below ? at.bottom + gap : at.top - gap - note.offsetHeight) + scrollY}px`;
  }
  function hide() {
    if (shown) shown.removeAttribute("aria-describedby");
    shown = null;
    pinned = false;
    note.hidden = true;
  }
  function leave() {
    if (pinned) return;
    clearTimeout(leaving);
    leaving = setTimeout(hide, 150);
  }
  function neighbour(fact, step) {
    const inside = [...fact.closest("table").querySelectorAll(".fact")];
    return inside[inside.indexOf(fact) + step];
  }

  facts.forEach((fact) => {
    fact.addEventListener("mouseenter", () => { if (!pinned) show(fact); });
    fact.addEventListener("mouseleave", leave);
    fact.addEventListener("focus", () => show(fact));
    fact.addEventListener("blur", () => { pinned = false; leave(); });
    fact.addEventListener("click", () => {
      show(fact);
      pinned = true;
    });
    fact.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const next = step && fact.closest("table") && neighbour(fact, step);
      if (!next) return;
      event.preventDefault();
      fact.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  });
  note.addEventListener("mouseenter", () => clearTimeout(leaving));
  note.addEventListener("mouseleave", leave);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  document.addEventListener("click", (event) => {
    if (shown && !event.target.closest(".fact, .more, .origin")) hide();
  });
})();
