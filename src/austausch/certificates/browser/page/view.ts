/** Shows answers. Everything that came out of a code is set as text, so a forged seal can write but never act. */

import type { Verdict } from "../core/verdict";
import { has, inLanguage, say, sayAge, sayDay, sayMoment } from "./texts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface Shown {
  verdict: Verdict;
  /** The host that the code names, "" for none. */
  host: string;
  /** When the lists were made that the answer comes from. */
  listed: Date | null;
}

/** The heading of the result, which takes the focus. */
export function showVerdict(into: HTMLElement, { verdict, host, listed }: Shown, now: Date): HTMLElement {
  const shown = clone("pruefen-ergebnis");
  const article = part(shown, ".verdict");
  article.dataset.answer = verdict.outcome;
  part(shown, "[data-icon]").classList.add(`verdict__icon--${verdict.outcome}`);
  const title = part(shown, "[data-title]");
  title.textContent = say(`answer-${verdict.outcome}`);
  part(shown, "[data-reason]").textContent = reason(verdict);
  part(shown, "[data-code]").textContent = verdict.code;
  part(shown, "[data-lists]").textContent = listed === null ? say("no-list") : say("list-age", { age: sayAge(listed, now) });
  const rows = fields(verdict);
  const list = part(shown, "[data-fields]");
  for (const [term, value] of rows) list.append(row(term, value));
  part(shown, "[data-sealed]").hidden = rows.length === 0;
  part(shown, "[data-compare]").hidden = verdict.outcome === "not_genuine" || rows.length === 0;
  note(part(shown, "[data-note]"), host);
  into.append(shown);
  return title;
}

/** The page's text for the code of an answer; the answer's own where a code has none. */
function reason(verdict: Verdict): string {
  const values = {
    until: verdict.document?.validTo ? sayDay(verdict.document.validTo) : "",
    from: verdict.document?.validFrom ? sayDay(verdict.document.validFrom) : "",
  };
  const key = `code-${verdict.code}`;
  return say(has(key) ? key : `any-${verdict.outcome}`, values);
}

function fields(verdict: Verdict): [string, string][] {
  // Of a seal that is not genuine nothing is repeated: it would look like an answer.
  if (verdict.outcome === "not_genuine" || verdict.document === null) return [];
  const { document } = verdict;
  const rows: [string, string][] = document.values.map(({ field, value }) => [
    inLanguage(field.title, field.name),
    field.choices[value] ? inLanguage(field.choices[value], value) : DAY.test(value) ? sayDay(value) : value,
  ]);
  if (verdict.seal) rows.push([say("issued-on"), sayDay(verdict.seal.issued)]);
  if (document.validFrom) rows.push([say("valid-from"), sayDay(document.validFrom)]);
  if (document.validTo) rows.push([say("valid-until"), sayDay(document.validTo)]);
  if (verdict.issuer) rows.push([say("sealed-by"), verdict.issuer.names.join(", ")]);
  return rows;
}

function note(element: HTMLElement, host: string): void {
  if (host === "" || host === location.host) return;
  element.hidden = false;
  element.textContent = say("other-host", { host });
}

/** When the lists were made and until when they count. */
export function showListAge(element: HTMLElement, issued: Date | null, expires: Date | null, now: Date): void {
  if (issued === null || expires === null) {
    element.textContent = say("no-list");
    return;
  }
  const values = { moment: sayMoment(issued), age: sayAge(issued, now), until: sayMoment(expires) };
  element.textContent = say(expires <= now ? "list-stale" : "list-fresh", values);
  element.classList.toggle("checker__stale", expires <= now);
}

function row(term: string, value: string): DocumentFragment {
  const made = clone("pruefen-zeile");
  part(made, "dt").textContent = term;
  part(made, "dd").textContent = value;
  return made;
}

function clone(id: string): DocumentFragment {
  const template = document.getElementById(id) as HTMLTemplateElement;
  return template.content.cloneNode(true) as DocumentFragment;
}

export function part<E extends HTMLElement = HTMLElement>(root: ParentNode, selector: string): E {
  const found = root.querySelector<E>(selector);
  if (found === null) throw new Error(`The page lacks ${selector}.`);
  return found;
}
