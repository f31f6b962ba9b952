/** What scanners bring: the bytes of a Data Matrix code, or the address in a QR code. */

import { bytes, type Bytes } from "./bytes";

const MAGIC = 0xdc;
// As vdseal.carriers: more digits are in no code, and only cost time.
const MOST_DIGITS = 3748;
const LONGEST_TEXT = 4668;
const IN_ADDRESS = /^https?:\/\/([^/?#]*)[^#]*#1([0-9]+)$/i;

export interface Carried {
  readonly seal: Bytes;
  /** The host that a QR code names, which is never asked; "" for a Data Matrix code or a bare fragment. */
  readonly host: string;
}

/** The seal behind a fragment `#1<decimal>`; null for any other fragment. */
export function fromFragment(fragment: string): Carried | null {
  const digits = /^#1([0-9]+)$/.exec(fragment)?.[1];
  return digits === undefined ? null : carried(digits, "");
}

/** The seal in the text of a code or of a hand scanner: an address, or its fragment. Null for anything else. */
export function fromText(text: string): Carried | null {
  const trimmed = text.length > LONGEST_TEXT ? "" : text.trim();
  const address = IN_ADDRESS.exec(trimmed);
  if (address === null) return fromFragment(trimmed);
  return carried(address[2] ?? "", (address[1] ?? "").toLowerCase());
}

/** The seal in a scanned code, by text or bytes. */
export function fromCode(code: { text: string; bytes: Bytes }): Carried | null {
  if (code.bytes[0] === MAGIC) return { seal: bytes(code.bytes), host: "" };
  return fromText(code.text);
}

function carried(digits: string, host: string): Carried | null {
  if (digits.length > MOST_DIGITS || digits.startsWith("0")) return null;
  const written = BigInt(digits).toString(16);
  const padded = written.length % 2 ? `0${written}` : written;
  const seal = bytes(Array.from({ length: padded.length / 2 }, (_, i) => parseInt(padded.slice(2 * i, 2 * i + 2), 16)));
  return seal[0] === MAGIC ? { seal, host } : null;
}

/** The fragment that `fromFragment` takes apart again. */
export function toFragment(seal: Bytes): string {
  let number = 0n;
  for (const byte of seal) number = number * 256n + BigInt(byte);
  return `#1${number}`;
}
