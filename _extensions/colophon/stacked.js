// A table of sentences would be wider than a phone: there (colophon.css) each of its rows stands alone, its cells below each
// other with the names of their columns. A browser takes a table that is laid out like that for none, so its roles are written.
(function () {
  const [columns, sentence] = [5, 45]; // at most, and at least
  for (const table of document.querySelectorAll("main table")) {
    const head = [...(table.tHead?.rows[0]?.cells ?? [])];
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    const plain = table.tHead?.rows.length === 1 && head.length <= columns && rows.every(({ cells }) => cells.length === head.length);
    if (!plain || !rows.some(({ cells }) => [...cells].some((cell) => cell.textContent.length >= sentence))) continue;
    table.classList.add("stacked");
    table.setAttribute("role", "table");
    [table.tHead, ...table.tBodies].forEach((group) => group.setAttribute("role", "rowgroup"));
    [table.tHead.rows[0], ...rows].forEach((row) => row.setAttribute("role", "row"));
    head.forEach((cell) => cell.setAttribute("role", "columnheader"));
    for (const { cells } of rows) {
      [...cells].forEach((cell, place) => {
        cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
        if (place && cell.textContent.trim()) cell.dataset.column = head[place].textContent.trim();
      });
    }
  }
})();
