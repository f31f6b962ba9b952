/** C40 as the header of a seal uses it: space, digits and capital letters, three in two bytes (TR-03137 part 1). */

import type { Bytes } from "./bytes";
import { SealError } from "./errors";

const CHARACTERS = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
// Values 0 to 2 are shifts; the header needs none of them, 0 also fills the last pair.
const PAD = 0;
const FIRST = 3;
const UNLATCH = 0xfe;

/** Bytes that so many characters take. */
export function encodedLength(characters: number): number {
  return Math.floor((characters + 2) / 3) * 2;
}

export function decode(data: Bytes): string {
  if (data.length % 2) throw new SealError("truncated", "C40 text ends within a pair of bytes.");
  let text = "";
  for (let start = 0; start < data.length; start += 2) {
    text += pair(data[start] ?? 0, data[start + 1] ?? 0, start + 2 === data.length);
  }
  return text;
}

function pair(first: number, second: number, last: boolean): string {
  if (first === UNLATCH && last) {
    const character = second ? String.fromCharCode(second - 1) : "";
    if (!character || !CHARACTERS.includes(character)) {
      throw new SealError("bad_character", "The single last character is none that a header may hold.");
    }
    return character;
  }
  const number = first * 256 + second - 1;
  let values = [Math.floor(number / 1600), Math.floor(number / 40) % 40, number % 40];
  if (number < 0 || (values[0] ?? 0) > 39) throw new SealError("bad_character", "A pair of bytes is no C40.");
  if (last && values[2] === PAD) values = values.slice(0, 2);
  if (values.some((value) => value < FIRST)) {
    throw new SealError("bad_character", "C40 text in a header shifts to another set.");
  }
  return values.map((value) => CHARACTERS[value - FIRST]).join("");
}
