// "Near me": asks the browser where it is, only after a click, and sorts by distance here. The position is sent nowhere.
const EARTH_KM = 6371.0088;
const SHOWN = 20;

const button = document.querySelector("[data-near]");
const results = document.querySelector("[data-near-results]");

if (button && results && "geolocation" in navigator && window.isSecureContext) {
  button.hidden = false;
  for (const hint of document.querySelectorAll("[data-near-hint]")) hint.hidden = false;
  button.addEventListener("click", () => {
    say(button.dataset.nearAsking);
    navigator.geolocation.getCurrentPosition(show, () => say(button.dataset.nearRefused), {
      maximumAge: 60000,
      timeout: 30000,
    });
  });
}

async function show({ coords }) {
  let offices;
  try {
    const answer = await fetch(button.dataset.near, { credentials: "omit", referrerPolicy: "no-referrer" });
    if (!answer.ok) throw new Error(String(answer.status));
    ({ offices } = await answer.json());
  } catch {
    say(button.dataset.nearFailed);
    return;
  }
  if (!offices.length) {
    say(button.dataset.nearNone);
    return;
  }
  const nearest = offices
    .map((office) => ({ ...office, km: distance(coords, office) }))
    .sort((one, other) => one.km - other.km)
    .slice(0, SHOWN);
  const title = document.createElement("h2");
  title.textContent = button.dataset.nearTitle;
  const list = document.createElement("ol");
  list.className = "near__list";
  list.append(...nearest.map(item));
  results.replaceChildren(title, list);
  results.hidden = false;
  results.focus();
}

function item(office) {
  const link = document.createElement("a");
  link.href = office.address;
  link.textContent = office.name;
  const far = document.createElement("span");
  far.className = "near__distance";
  far.textContent = words(office);
  const row = document.createElement("li");
  row.append(link, " ", far);
  return row;
}

function words(office) {
  const language = document.documentElement.lang;
  const exact = office.precision === "exact";
  const km = exact ? office.km : Math.max(1, Math.round(office.km));
  const written = km.toLocaleString(language, { minimumFractionDigits: exact ? 1 : 0, maximumFractionDigits: exact ? 1 : 0 });
  const text = { exact: "nearExact", postcode: "nearPostcode", municipality: "nearMunicipality" }[office.precision];
  return button.dataset[text].replace("{km}", written).replace("{place}", office.place);
}

function distance(from, to) {
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const north = Math.sin(radians(to.latitude - from.latitude) / 2);
  const east = Math.sin(radians(to.longitude - from.longitude) / 2);
  const chord = north ** 2 + Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * east ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

function say(text) {
  const line = document.createElement("p");
  line.textContent = text;
  results.replaceChildren(line);
  results.hidden = false;
}
