/** Seals as bytes: header, messages, signature (TR-03137 part 1; administrative documents: TR-03171).
 *
 * Accepts exactly one way of writing each seal, in the same order and with the same codes as `vdseal.codec`.
 */

import type { Bytes } from "./bytes";
import * as c40 from "./c40";
import { SealError } from "./errors";

const MAGIC = 0xdc;
const SIGNATURE_TAG = 0xff;
// Header version 2 and older German seals of version 3: four characters signer, five reference.
const FIXED_REFERENCE = 5;
const SIGNER = 4;
// The only signer whose length of the reference is written in decimal digits.
const DECIMAL_SIGNER = "DEZV";
const SIGNATURE_LENGTHS = new Set([56, 64, 96, 128, 132]);

const ADMINISTRATIVE = new Set([0x01c8, 0x01c9]);
/** Feature definition and category of the document types in use. */
const DOCUMENT_TYPES = new Set([
  ...ADMINISTRATIVE, 0xf70b, 0xf80a, 0xf908, 0xf90c, 0xfa06, 0xfb06, 0xfc04, 0xfd02, 0x5d01, 0x5e03,
]);
export const ADMINISTRATIVE_08 = 0x01c8;
export const ADMINISTRATIVE_09 = 0x01c9;

/** A day of the calendar as YYYY-MM-DD: comparable as text. */
export type Day = string;

export interface Message {
  readonly tag: number;
  readonly value: Bytes;
}

export interface Seal {
  readonly version: number;
  readonly country: string;
  readonly signer: string;
  readonly certificateReference: string;
  readonly issued: Day;
  readonly signed: Day;
  /** Feature definition and category in one number, 0x01C9 for TR-03171 0.9. */
  readonly kind: number;
  readonly messages: readonly Message[];
  readonly signature: Bytes;
  /** Header and messages as they stood in the code. */
  readonly signedBytes: Bytes;
}

export function tag(seal: Seal, number: number): Bytes | null {
  return seal.messages.find((message) => message.tag === number)?.value ?? null;
}

/** Takes a seal apart, or raises a SealError that says why not. */
export function decode(data: Bytes): Seal {
  if (data[0] !== MAGIC) throw new SealError("not_a_seal", "This is not a digital seal.");
  const version = data[1];
  if (version === undefined) throw new SealError("truncated", "The seal ends within its header.");
  if (version !== 2 && version !== 3) throw new SealError("unsupported_version", `Header version ${version}.`);
  const country = countryOf(take(data, 2, 2));
  const [signer, certificateReference, at] = signerOf(data, version);
  const issued = dayOf(take(data, at, 3));
  const signed = dayOf(take(data, at + 3, 3));
  const [feature = 0, category = 0] = take(data, at + 6, 2);
  const { messages, signature, end } = messagesOf(data, at + 8);
  if (signature.length === 0) throw new SealError("missing_signature", "The seal carries no signature.");
  const kind = feature * 256 + category;
  if (!DOCUMENT_TYPES.has(kind)) throw new SealError("unknown_category", "No document type is known for this.");
  if (ADMINISTRATIVE.has(kind) && issued > signed) {
    throw new SealError("dates_out_of_order", "The seal was signed before the document was issued.");
  }
  const signedBytes = data.slice(0, end);
  return { version, country, signer, certificateReference, issued, signed, kind, messages, signature, signedBytes };
}

/** YYYY-MM-DD; null for a day that no calendar has, or before the first year that counts. */
export function day(year: number, month: number, dayOfMonth: number, firstYear = 1): Day | null {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  if (year < firstYear || year > 9999 || dayOfMonth < 1 || dayOfMonth > days) return null;
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(dayOfMonth).padStart(2, "0")}`;
}

/** The number MMDDYYYY in three bytes. */
function dayOf(data: Bytes): Day {
  const number = integer(data);
  const found = day(number % 10_000, Math.floor(number / 1_000_000), Math.floor(number / 10_000) % 100, 1000);
  if (found === null) throw new SealError("bad_date", `${number} is no date of the form MMDDYYYY.`);
  return found;
}

export function integer(data: Bytes): number {
  return data.reduce((sum, byte) => sum * 256 + byte, 0);
}

function take(data: Bytes, start: number, length: number): Bytes {
  if (start + length > data.length) throw new SealError("truncated", `The seal ends at byte ${data.length}.`);
  return data.slice(start, start + length);
}

function countryOf(data: Bytes): string {
  const country = c40.decode(data).replace(/ +$/, "");
  if (!/^[A-Z]+$/.test(country)) throw new SealError("bad_header", "No code of a country.");
  return country;
}

function signerOf(data: Bytes, version: number): [signer: string, reference: string, end: number] {
  const start = 4;
  if (version === 2) return fixed(data, start);
  const head = c40.decode(take(data, start, 4));
  if (head.length !== SIGNER + 2) throw new SealError("bad_header", "Signer and length are not six characters.");
  const signer = head.slice(0, SIGNER);
  const digits = head.slice(SIGNER);
  // Old arrival attestations say version 3 but write five characters; no reference is empty, so nothing clashes.
  if (digits === "00") return fixed(data, start);
  const length = referenceLength(signer, digits);
  const size = c40.encodedLength(length);
  const reference = c40.decode(take(data, start + 4, size));
  if (reference.length !== length) throw new SealError("bad_length", "The reference has another length.");
  checkSigner(signer, reference);
  return [signer, reference, start + 4 + size];
}

function fixed(data: Bytes, start: number): [string, string, number] {
  const text = c40.decode(take(data, start, 6));
  if (text.length !== SIGNER + FIXED_REFERENCE) throw new SealError("bad_header", "Not nine characters.");
  const signer = text.slice(0, SIGNER);
  const reference = text.slice(SIGNER);
  checkSigner(signer, reference);
  return [signer, reference, start + 6];
}

function referenceLength(signer: string, digits: string): number {
  const decimal = signer === DECIMAL_SIGNER;
  if (!(decimal ? /^[0-9]{2}$/ : /^[0-9A-F]{2}$/).test(digits)) {
    throw new SealError("bad_length", `${digits} is no length of a certificate reference.`);
  }
  return parseInt(digits, decimal ? 10 : 16);
}

function checkSigner(signer: string, reference: string): void {
  for (const text of [signer, reference]) {
    if (!/^[A-Z0-9]+$/.test(text)) throw new SealError("bad_header", "Letters A to Z and digits only.");
  }
}

function messagesOf(data: Bytes, start: number): { messages: Message[]; signature: Bytes; end: number } {
  const messages: Message[] = [];
  const seen = new Set<number>();
  let position = start;
  while (position < data.length) {
    const begin = position;
    const tag = data[position] ?? 0;
    const [length, after] = lengthAt(data, position + 1);
    const value = take(data, after, length);
    position = after + length;
    if (tag === SIGNATURE_TAG) {
      if (!SIGNATURE_LENGTHS.has(length)) throw new SealError("bad_signature_form", `A signature of ${length} bytes.`);
      if (position !== data.length) throw new SealError("trailing_bytes", "Bytes follow the signature.");
      return { messages, signature: value, end: begin };
    }
    if (seen.has(tag)) throw new SealError("repeated_tag", `Tag ${tag} occurs twice.`);
    seen.add(tag);
    messages.push({ tag, value });
  }
  return { messages, signature: new Uint8Array(0), end: data.length };
}

function lengthAt(data: Bytes, position: number): [length: number, after: number] {
  const first = take(data, position, 1)[0] ?? 0;
  if (first < 0x80) return [first, position + 1];
  if (first !== 0x81 && first !== 0x82) throw new SealError("bad_length", "A length cannot begin like this.");
  const count = first - 0x80;
  const length = integer(take(data, position + 1, count));
  if (length < (count === 1 ? 0x80 : 0x100)) throw new SealError("bad_length", "A length longer than it needs.");
  return [length, position + 1 + count];
}
