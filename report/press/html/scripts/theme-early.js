(function (root) {
  root.classList.add("scripted");
  try {
    var chosen = localStorage.getItem("colophon-theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch (error) { /* storage is switched off: follow the system */ }
})(document.documentElement);
