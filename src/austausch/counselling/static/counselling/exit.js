// Leaves the page so that "back" does not lead to it: by the button, or by Escape pressed three times.
// Runs before anything is shown. Without scripts the button is an ordinary link.
(() => {
  const target = document.currentScript.dataset.leaveTo;
  const KEY = "w";
  const WITHIN = 2000;
  let presses = [];

  // Kept for this tab only, and only that it was left; gone with the tab.
  function remember(left) {
    try {
      if (left) sessionStorage.setItem(KEY, "1");
      else sessionStorage.removeItem(KEY);
    } catch {
      // Storage is switched off: then "back" to an earlier page here shows it.
    }
  }

  function wasLeft() {
    try {
      return sessionStorage.getItem(KEY) === "1";
    } catch {
      return false;
    }
  }

  function leave() {
    // At once, whatever the network does.
    document.documentElement.hidden = true;
    document.documentElement.classList.add("left");
    document.title = "…";
    remember(true);
    try {
      history.replaceState(null, "", "/");
    } catch {
      // The entry keeps its address until the other page replaces it.
    }
    location.replace(target);
  }

  const [navigation] = performance.getEntriesByType("navigation");
  if (wasLeft() && navigation?.type === "back_forward") leave();
  else remember(false);
  addEventListener("pageshow", (event) => {
    if (event.persisted && wasLeft()) leave();
  });

  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") presses = [];
      else if (!event.repeat) {
        presses = [...presses.filter((at) => event.timeStamp - at < WITHIN), event.timeStamp];
        if (presses.length >= 3) leave();
      }
    },
    true,
  );

  addEventListener("DOMContentLoaded", () => {
    for (const hint of document.querySelectorAll("[data-leave-hint]")) hint.hidden = false;
    for (const link of document.querySelectorAll("[data-leave]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        leave();
      });
    }
  });
})();
