// The switch of the colour scheme. Everything else in the shell works without scripts.
const KEY = "farbschema";
const root = document.documentElement;

function show(chosen) {
  if (chosen) root.dataset.kernTheme = chosen;
  else delete root.dataset.kernTheme;
  for (const button of document.querySelectorAll("[data-scheme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.scheme === chosen));
  }
}

function keep(chosen) {
  try {
    if (chosen) localStorage.setItem(KEY, chosen);
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is switched off: the choice holds for this page.
  }
}

for (const element of document.querySelectorAll("[data-scheme-switch]")) element.hidden = false;
for (const button of document.querySelectorAll("[data-scheme]")) {
  button.addEventListener("click", () => {
    show(button.dataset.scheme);
    keep(button.dataset.scheme);
  });
}
show(root.dataset.kernTheme ?? "");
