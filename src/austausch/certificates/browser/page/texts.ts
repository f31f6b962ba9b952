/** The page's texts. The server writes them into it in the page's language; scripts hold none. */

const all = new Map<string, string>();

export function loadTexts(template: HTMLTemplateElement): void {
  for (const element of template.content.querySelectorAll<HTMLElement>("[data-text]")) {
    all.set(element.dataset.text ?? "", (element.textContent ?? "").trim());
  }
}

/** The text of a key, each `{name}` in it replaced. A key without a text shows itself: never an empty answer. */
export function say(key: string, values: Record<string, string> = {}): string {
  let text = all.get(key) ?? key;
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`{${name}}`, () => value);
  return text;
}

export function has(key: string): boolean {
  return all.has(key);
}

const language = document.documentElement.lang || "de";

/** A day as people write it: 28.11.2026. Anything else comes back as it was. */
export function sayDay(day: string): string {
  const [year, month, date] = day.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined) return day;
  const moment = new Date(Date.UTC(year, month - 1, date));
  moment.setUTCFullYear(year);
  const format = new Intl.DateTimeFormat(language, { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" });
  return format.format(moment);
}

export function sayMoment(moment: Date): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(moment);
}

/** How long ago: "3 minutes ago". */
export function sayAge(since: Date, now: Date): string {
  const seconds = Math.round((since.getTime() - now.getTime()) / 1000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86400], ["hour", 3600], ["minute", 60]];
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, "minute");
}

export function inLanguage(titles: Readonly<Record<string, string>>, otherwise: string): string {
  return titles[language] || titles.de || titles.en || otherwise;
}
