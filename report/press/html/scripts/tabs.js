// Tabs after the ARIA pattern: arrow keys move, one panel shows. Without this script all panels stand below each other.
(function () {
  document.querySelectorAll(".tabset").forEach((set, number) => {
    const panels = [...set.querySelectorAll(":scope > .tab")];
    const list = document.createElement("div");
    list.className = "tab-list";
    list.setAttribute("role", "tablist");
    const buttons = panels.map((panel, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.id = `tab-${number}-${place}`;
      button.setAttribute("role", "tab");
      button.append(...panel.querySelector(".tab-title").cloneNode(true).childNodes);
      panel.id ||= `panel-${number}-${place}`;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", button.id);
      button.setAttribute("aria-controls", panel.id);
      button.addEventListener("click", () => show(place));
      button.addEventListener("keydown", (event) => {
        const last = panels.length - 1;
        const target = { ArrowRight: place === last ? 0 : place + 1, ArrowLeft: place === 0 ? last : place - 1, Home: 0, End: last }[event.key];
        if (target === undefined) return;
        event.preventDefault();
        show(target);
        buttons[target].focus();
      });
      return button;
    });

    function show(chosen) {
      buttons.forEach((button, place) => {
        button.setAttribute("aria-selected", String(place === chosen));
        button.tabIndex = place === chosen ? 0 : -1;
        panels[place].hidden = place !== chosen;
      });
    }
    list.append(...buttons);
    set.prepend(list);
    show(0);
    revealAnchors(panels, show);
  });

  // A link to something in a hidden panel opens that panel.
  function revealAnchors(panels, show) {
    function reveal() {
      const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const place = target ? panels.findIndex((panel) => panel.contains(target)) : -1;
      if (place >= 0 && panels[place].hidden) {
        show(place);
        target.scrollIntoView();
      }
    }
    addEventListener("hashchange", reveal);
    reveal();
  }
})();
