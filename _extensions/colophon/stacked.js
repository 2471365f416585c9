// Tables on a phone (colophon.css). A table of sentences, or one with a column that takes most of the screen, is stacked: each
// of its rows stands alone, its cells below each other with the names of their columns. A browser takes a table that is laid out
// like that for none, so its roles are written. All others scroll sideways, beside their first column.
(function () {
  const narrow = matchMedia("screen and (max-width: 34rem)");
  const [few, sentence] = [5, 45]; // columns at most, and characters at least
  const rows = (table) => [...table.tBodies].flatMap((body) => [...body.rows]);
  const tables = new Set([...document.querySelectorAll("main table")].filter(plain));

  function plain(table) {
    const columns = table.tHead?.rows.length === 1 && table.tHead.rows[0].cells.length;
    return columns && rows(table).every(({ cells }) => cells.length === columns);
  }
  function decide() {
    if (!narrow.matches) return;
    for (const table of tables) {
      const cells = rows(table).flatMap((row) => [...row.cells]);
      const speaks = cells.some((cell) => cell.textContent.length >= sentence);
      if (speaks ? table.tHead.rows[0].cells.length <= few || overflows(table) : fills(table)) stack(table);
      if (table.offsetWidth) tables.delete(table); // one in a closed tab is measured once it is seen
    }
  }
  function overflows(table) {
    return table.offsetWidth > table.parentElement.clientWidth + 1;
  }
  function fills(table) {
    const half = table.parentElement.clientWidth / 2;
    return overflows(table) && [...table.tHead.rows[0].cells].some((cell) => cell.offsetWidth > half);
  }
  function stack(table) {
    const head = [...table.tHead.rows[0].cells];
    table.classList.add("stacked");
    table.setAttribute("role", "table");
    [table.tHead, ...table.tBodies].forEach((group) => group.setAttribute("role", "rowgroup"));
    [table.tHead.rows[0], ...rows(table)].forEach((row) => row.setAttribute("role", "row"));
    head.forEach((cell) => cell.setAttribute("role", "columnheader"));
    let above = [];
    for (const { cells } of rows(table)) {
      const texts = [...cells].map((cell) => cell.textContent.trim());
      const own = Math.max(0, texts.findIndex(Boolean)); // the cells before it are as in the row above
      [...cells].forEach((cell, place) => {
        cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
        if (place && (texts[place] || place < own)) cell.dataset.column = `${head[place].textContent.trim()}: `;
        if (place < own) cell.dataset.above = texts[place] = above[place] ?? "";
      });
      above = texts;
    }
  }
  narrow.addEventListener("change", decide);
  addEventListener("click", () => requestAnimationFrame(decide));
  decide();
})();
