// Light and dark: the system's choice until the reader makes one, which is remembered where storage allows.
(function () {
  const root = document.documentElement;
  const button = document.querySelector(".tool-theme");
  const system = matchMedia("(prefers-color-scheme: dark)");

  const current = () => root.dataset.theme || (system.matches ? "dark" : "light");
  const other = () => (current() === "dark" ? "light" : "dark");
  const label = () => button.setAttribute("aria-label", `Switch to the ${other()} theme`);

  button.addEventListener("click", () => {
    root.dataset.theme = other();
    try {
      localStorage.setItem("colophon-theme", root.dataset.theme);
    } catch (error) { /* storage is switched off: the choice holds for this page */ }
    label();
  });
  // The choice may be made in another tab, or before this page comes back from the browser's memory.
  function adopt() {
    try {
      const chosen = localStorage.getItem("colophon-theme");
      if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
    } catch (error) { /* storage is switched off: follow the system */ }
    label();
  }
  addEventListener("storage", adopt);
  addEventListener("pageshow", adopt);
  system.addEventListener("change", label);
  label();
})();
