// Opened from disk, a page may neither fetch nor load modules. The index of Quarto's search lies beside `search.json` as a
// script, which the post-render hook writes; and the contents of the page, which a module would unfold, are unfolded here.
(function () {
  if (location.protocol !== "file:") return;

  // quarto-search.js goes by its global `fuseIndex`, and reads the index itself only while there is none.
  function search() {
    if (!window.Fuse || typeof kFuseIndexOptions === "undefined") return;
    const script = document.createElement("script");
    const offset = document.querySelector('meta[name="quarto:offset"]')?.content ?? "";
    script.src = `${offset}search-index.js`;
    script.onload = () => { window.fuseIndex = new window.Fuse(window.colophonIndex, kFuseIndexOptions); };
    document.head.append(script);
  }
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll('nav[role="doc-toc"] ul.collapse').forEach((list) => list.classList.remove("collapse"));
    search();
  });
})();
