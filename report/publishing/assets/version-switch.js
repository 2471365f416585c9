// The switcher of a published version. What versions there are is known from when this one was published; newer ones are
// learnt from the root of the site: `versions.json` where it can be fetched, `versions.js` for pages opened from disk.
// The version that a reader chooses is remembered: the root of the site leads there until the latest one is chosen.
(function () {
  const { own, way, known } = colophonVersion;
  const here = new URL(".", document.currentScript.src);
  const root = new URL(way, here);
  const place = location.href.split(/[?#]/)[0].slice(here.href.length);
  const page = place === "" || place.endsWith("/") ? `${place}index.html` : place;
  const holder = document.createElement("nav");
  holder.className = "version-switch";
  holder.setAttribute("aria-label", "Versions");

  function remember(version) {
    const key = `colophon-version:${root.pathname}`;
    try {
      if (version === null) localStorage.removeItem(key);
      else localStorage.setItem(key, version);
    } catch (error) { /* storage is switched off */ }
  }

  function link(text, each, newest) {
    const anchor = document.createElement("a");
    const there = each.pages.includes(decodeURI(page)) ? page + location.hash : "index.html";
    anchor.href = new URL(each.folder + there, root).href;
    anchor.textContent = text;
    anchor.addEventListener("click", () => remember(each === newest ? null : each.version));
    return anchor;
  }

  function show(versions) {
    const open = holder.querySelector("details")?.open ?? false;
    const [newest] = versions;
    const box = document.createElement("details");
    const label = document.createElement("summary");
    const list = document.createElement("ul");
    box.open = open;
    label.textContent = `Version ${own}`;
    for (const each of versions) {
      const item = document.createElement("li");
      const anchor = link(each === newest ? `${each.version} (latest)` : each.version, each, newest);
      if (each.version === own) anchor.setAttribute("aria-current", "true");
      item.append(anchor);
      list.append(item);
    }
    const all = document.createElement("li");
    const anchor = document.createElement("a");
    anchor.href = new URL("versions.html", root).href;
    anchor.textContent = "What changed between them";
    all.append(anchor);
    list.append(all);
    box.append(label, list);
    const old = newest && newest.version !== own;
    holder.replaceChildren(...(old ? [link(`${newest.version} is the latest`, newest, newest)] : []), box);
  }

  function learn() {
    if (location.protocol !== "file:") {
      fetch(new URL("versions.json", root), { cache: "no-cache" })
        .then((answer) => (answer.ok ? answer.json() : null))
        .then((found) => found && show(found.versions.map((each) => ({ ...each, folder: `v/${encodeURIComponent(each.version)}/` }))))
        .catch(() => {});
      return;
    }
    const script = document.createElement("script");
    script.src = new URL("versions.js", root).href;
    script.onload = () => show(window.colophonVersions);
    document.head.append(script);
  }

  document.addEventListener("DOMContentLoaded", () => {
    show(known);
    document.body.append(holder);
    learn();
  });
  document.addEventListener("keydown", (event) => {
    const box = holder.querySelector("details[open]");
    if (event.key === "Escape" && box && holder.contains(document.activeElement)) {
      box.open = false;
      box.querySelector("summary").focus();
    }
  });
})();
