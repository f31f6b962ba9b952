// Suggestions below a search field: a combobox with a list (ARIA 1.2). Without scripts the field is a plain one.
// Searches of this tab are offered again from the browser's session storage; they are never sent anywhere.
const STORED = "suchverlauf";
const MOST_STORED = 5;
const WAIT = 150;
const SHORTEST = 2;

// ── What was searched for in this tab ──────────────────────────────────────────────────────────────────────────

function recent() {
  try {
    const stored = JSON.parse(sessionStorage.getItem(STORED) ?? "[]");
    return Array.isArray(stored) ? stored.filter((text) => typeof text === "string").slice(0, MOST_STORED) : [];
  } catch {
    return [];
  }
}

function remember(text) {
  const kept = text.trim();
  if (!kept) return;
  try {
    const others = recent().filter((one) => one.toLowerCase() !== kept.toLowerCase());
    sessionStorage.setItem(STORED, JSON.stringify([kept, ...others].slice(0, MOST_STORED)));
  } catch {
    // Storage is switched off or full: nothing is remembered.
  }
}

function forget() {
  try {
    sessionStorage.removeItem(STORED);
  } catch {
    // Nothing was remembered.
  }
}

// ── The list ───────────────────────────────────────────────────────────────────────────────────────────────────

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function combobox(input) {
  const row = input.closest(".search-form");
  const list = element("ul", { id: `${input.id}-vorschlaege`, class: "suggest", role: "listbox", popover: "manual" });
  const status = element("p", { class: "kern-sr-only", role: "status", "aria-live": "polite" });
  let shown = [];
  let active = -1;
  let timer = 0;
  let asking = new AbortController();
  const isOpen = () => list.matches(":popover-open");

  function place() {
    const box = row.getBoundingClientRect();
    // In the top layer, so that nothing cuts it off; below field and button, so that it covers neither.
    list.style.insetInlineStart = `${box.left + window.scrollX}px`;
    list.style.insetBlockStart = `${box.bottom + window.scrollY + 4}px`;
    list.style.inlineSize = `${box.width}px`;
  }

  function close() {
    clearTimeout(timer);
    asking.abort();
    mark(-1);
    if (isOpen()) list.hidePopover();
    input.setAttribute("aria-expanded", "false");
    status.textContent = "";
  }

  function mark(number) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = number;
    const option = list.children[active];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function show(suggestions, texts) {
    mark(-1);
    shown = suggestions;
    list.setAttribute("aria-label", texts.list);
    list.replaceChildren(
      ...shown.map(({ kind, label, hint }, number) => {
        const attributes = { id: `${list.id}-${number}`, class: `suggest__option suggest__option--${kind}` };
        const made = element("li", { ...attributes, role: "option", "aria-selected": "false" });
        made.append(element("span", { class: "suggest__label" }, label));
        if (hint) made.append(" ", element("span", { class: "suggest__hint" }, hint));
        return made;
      }),
    );
    const count = shown.filter(({ kind }) => kind !== "clear").length;
    if (!count) {
      close();
      if (input.value.trim().length >= SHORTEST) status.textContent = texts.none;
      return;
    }
    place();
    if (!isOpen()) list.showPopover();
    input.setAttribute("aria-expanded", "true");
    status.textContent = count === 1 ? texts.one : texts.many.replace("{number}", count);
  }

  async function ask() {
    const text = input.value.trim();
    asking.abort();
    if (text && text.length < SHORTEST) return close();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const address = `${input.dataset.suggest}?${new URLSearchParams({ q: text })}`;
      const response = await fetch(address, { signal, headers: { Accept: "application/json" } });
      if (!response.ok) return close();
      const { suggestions, texts } = await response.json();
      // An answer to what is no longer typed, or for a field that was left.
      if (signal.aborted || document.activeElement !== input) return;
      show(text ? suggestions : withRecent(suggestions, texts), texts);
    } catch {
      // Aborted, or the server cannot be reached: the field works without.
    }
  }

  function withRecent(popular, texts) {
    const mine = recent().map((label) => ({ kind: "recent", label, hint: texts.recent }));
    const own = new Set(mine.map(({ label }) => label.toLowerCase()));
    const others = popular.filter(({ label }) => !own.has(label.toLowerCase()));
    const clear = mine.length ? [{ kind: "clear", label: texts.clear, hint: "" }] : [];
    return [...mine, ...others, ...clear];
  }

  function choose(number) {
    const { kind, label, address } = shown[number];
    if (kind === "clear") {
      forget();
      ask();
    } else if (["measure", "topic", "body", "place"].includes(kind)) {
      close();
      location.assign(address);
    } else {
      input.value = label;
      input.form.requestSubmit();
    }
  }

  function key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const last = shown.length - 1;
    const moves = {
      ArrowDown: () => mark(active === last ? -1 : active + 1),
      ArrowUp: () => mark(active === -1 ? last : active - 1),
      // Without an option these move within the text, as everywhere.
      Home: active >= 0 && (() => mark(0)),
      End: active >= 0 && (() => mark(last)),
      Enter: active >= 0 && (() => choose(active)),
      Escape: close,
    };
    const closed = { ArrowDown: ask, ArrowUp: ask };
    const act = (isOpen() ? moves : closed)[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  // A search field of type "search" may not be a combobox.
  input.type = "text";
  input.inputMode = "search";
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
    enterkeyhint: "search",
  })) {
    input.setAttribute(name, value);
  }
  input.closest("main").append(list, status);

  input.addEventListener("input", () => {
    // Whatever is still on its way answers what is no longer typed.
    asking.abort();
    clearTimeout(timer);
    mark(-1);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", key);
  input.addEventListener("focus", () => input.value.trim() || ask());
  input.addEventListener("click", () => isOpen() || input.value.trim() || ask());
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", () => {
    remember(input.value);
    close();
  });
  // The field keeps the focus while something in the list is pressed.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose([...list.children].indexOf(option));
  });
  window.addEventListener("resize", () => isOpen() && place());
  // A search that was asked from another page.
  remember(input.value);
}

if ("showPopover" in HTMLElement.prototype) {
  for (const input of document.querySelectorAll("input[data-suggest]")) combobox(input);
}
