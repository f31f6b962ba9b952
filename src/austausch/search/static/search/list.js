// Keeps what the reader has opened or closed when htmx replaces the filters. All else works without scripts.
const opened = new Map();

function region(event) {
  return event.detail.target?.id === "suche" ? event.detail.target : null;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  for (const details of region(event)?.querySelectorAll("details[id]") ?? []) opened.set(details.id, details.open);
});

document.addEventListener("htmx:afterSwap", (event) => {
  for (const details of region(event)?.querySelectorAll("details[id]") ?? []) {
    if (opened.has(details.id)) details.open = opened.get(details.id);
  }
});

// What the server refuses in place (a search that is not possible now, asking too often) is asked for as a page, which
// says so in words.
document.addEventListener("htmx:responseError", (event) => {
  if (region(event)) window.location.assign(event.detail.pathInfo.finalRequestPath);
});
