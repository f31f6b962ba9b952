// Proposes places while an editor types and adds the chosen one as a line of the text box.
// Without this script the text box works alone: one place per line.
(() => {
  const enhance = (box) => {
    if (box.dataset.placesReady) return;
    box.dataset.placesReady = "true";
    const search = document.createElement("input");
    const options = document.createElement("datalist");
    search.type = "search";
    search.placeholder = box.dataset.placesLabel;
    search.setAttribute("aria-label", box.dataset.placesLabel);
    search.autocomplete = "off";
    options.id = `${box.id}-options`;
    search.setAttribute("list", options.id);
    box.before(search, options);

    const add = () => {
      const lines = box.value.split("\n").map((line) => line.trim()).filter(Boolean);
      if (!lines.includes(search.value)) lines.push(search.value);
      box.value = lines.join("\n");
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.dispatchEvent(new Event("change", { bubbles: true }));
      search.value = "";
      options.replaceChildren();
    };
    const proposed = () => [...options.children].some((option) => option.value === search.value);

    let request;
    search.addEventListener("input", async (event) => {
      event.stopPropagation();
      if (proposed()) return add();
      request?.abort();
      if (search.value.trim().length < 2) return options.replaceChildren();
      request = new AbortController();
      try {
        const url = `${box.dataset.placesUrl}?q=${encodeURIComponent(search.value.trim())}`;
        const answer = await fetch(url, { signal: request.signal, headers: { Accept: "application/json" } });
        const { places } = await answer.json();
        options.replaceChildren(...places.map((label) => Object.assign(document.createElement("option"), { value: label })));
      } catch (error) {
        if (error.name !== "AbortError") throw error;
      }
    });
    search.addEventListener("change", (event) => event.stopPropagation());
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (proposed()) add();
    });
  };
  const all = () => document.querySelectorAll("[data-places-url]").forEach(enhance);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
})();
