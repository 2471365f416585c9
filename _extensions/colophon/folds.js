// Under Quarto the title of a callout that folds is no button, for a screen reader or the keyboard; here it is one.
for (const title of document.querySelectorAll('.callout-header[data-bs-toggle="collapse"]')) {
  title.setAttribute("role", "button");
  title.tabIndex = 0;
  title.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    title.click();
  });
}
