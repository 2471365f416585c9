// Chapters and contents of the page behind a button, on narrow screens.
(function () {
  const root = document.documentElement;
  const button = document.querySelector(".tool-menu");
  const side = document.getElementById("_side");

  function open(wanted) {
    root.classList.toggle("menu-open", wanted);
    button.setAttribute("aria-expanded", String(wanted));
  }
  button.addEventListener("click", () => open(!root.classList.contains("menu-open")));
  side.addEventListener("click", (event) => { if (event.target.closest("a")) open(false); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.classList.contains("menu-open")) {
      open(false);
      button.focus();
    }
  });
})();
