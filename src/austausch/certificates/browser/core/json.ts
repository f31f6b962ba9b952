/** JSON as signed lists have it: each name once in its object, and whole numbers only, as `vdseal.jws` reads it.
 *
 * `JSON.parse` takes the last of two equal names, other readers the first: a list that has two would say one thing to
 * one verifier and another thing to the next.
 */

/** Raises a SyntaxError for anything else. */
export function parse(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // From here on the text is known to be JSON, so that its marks suffice to find names and numbers.
  const names: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const mark = text.charAt(at);
    if (mark === "{") names.push(new Set());
    else if (mark === "[") names.push(null);
    else if (mark === "}" || mark === "]") names.pop();
    else if (mark === '"') {
      const end = endOfString(text, at);
      if (isName(text, end)) note(names.at(-1), JSON.parse(text.slice(at, end + 1)) as string);
      at = end;
    } else if (isFraction(text, at)) throw new SyntaxError("A number is not whole.");
  }
  return value;
}

function note(known: Set<string> | null | undefined, name: string): void {
  if (known?.has(name)) throw new SyntaxError("A name occurs twice.");
  known?.add(name);
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charAt(before - 1) === "\\") before--;
  return (at - before) % 2 === 1;
}

function isName(text: string, end: number): boolean {
  let at = end + 1;
  while (" \t\r\n".includes(text.charAt(at)) && at < text.length) at++;
  return text.charAt(at) === ":";
}

/** The point or the e of a number; that of "true" and "false" follows a letter. */
function isFraction(text: string, at: number): boolean {
  return text.charAt(at) === "." || (/[eE]/.test(text.charAt(at)) && /[0-9]/.test(text.charAt(at - 1)));
}
