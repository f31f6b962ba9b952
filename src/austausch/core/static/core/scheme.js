// Sets the chosen colour scheme before the first paint. Without a choice, or without scripts, the system's holds.
try {
  const chosen = localStorage.getItem("farbschema");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.kernTheme = chosen;
} catch {
  // Storage is switched off: the system's scheme holds.
}
