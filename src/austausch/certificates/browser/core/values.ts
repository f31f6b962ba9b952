/** How values of a profile stand in a seal: the types of TR-03171 profiles. */

import { hex, utf8, type Bytes } from "./bytes";
import { day, integer, type Day } from "./codec";
import { SealError } from "./errors";

export const FIELD_TYPES = ["UTF8String", "DATE", "DATE-TIME", "INTEGER", "BOOLEAN", "OCTET_STRING"] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

// Characters that show nothing or reorder what stands beside them, as in vdseal.values.
const INVISIBLE: readonly (readonly [number, number])[] = [
  [0x00, 0x1f], [0x7f, 0x9f], [0xad, 0xad], [0x061c, 0x061c], [0x180e, 0x180e], [0x200b, 0x200f], [0x2028, 0x202e],
  [0x2060, 0x206f], [0xfeff, 0xfeff], [0xfff9, 0xfffb], [0xe0000, 0xe0fff],
];

/** The value as text: days as YYYY-MM-DD, moments as YYYY-MM-DDThh:mm:ss, bytes in hexadecimal. */
export function decodeValue(name: string, type: FieldType, data: Bytes): string {
  switch (type) {
    case "UTF8String":
      return text(name, data);
    case "DATE":
      return decodeDay(name, data);
    case "DATE-TIME":
      return moment(name, data);
    case "BOOLEAN":
      if (data.length !== 1 || (data[0] !== 0 && data[0] !== 0xff)) throw wrong(name, "is neither true nor false");
      return String(data[0] === 0xff);
    case "INTEGER":
      return whole(name, data);
    case "OCTET_STRING":
      return hex(data);
  }
}

/** Eight digits YYYYMMDD. */
export function decodeDay(name: string, data: Bytes): Day {
  if (data.length !== 8 || data.some((byte) => byte < 0x30 || byte > 0x39)) throw wrong(name, "is no date YYYYMMDD");
  const digits = String.fromCharCode(...data);
  const found = day(Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6)));
  if (found === null) throw wrong(name, "is a date that no calendar has");
  return found;
}

export function text(name: string, data: Bytes): string {
  const decoded = utf8(data);
  if (decoded === null) throw wrong(name, "is no UTF-8");
  for (const character of decoded) {
    const point = character.codePointAt(0) ?? 0;
    if (INVISIBLE.some(([first, last]) => first <= point && point <= last)) {
      throw wrong(name, "holds an invisible character");
    }
  }
  return decoded;
}

function whole(name: string, data: Bytes): string {
  const [first = 0, second = 0] = data;
  const padded = data.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (data.length < 1 || data.length > 8 || padded) throw wrong(name, "is no whole number in the shortest form");
  return String(BigInt.asIntN(8 * data.length, BigInt(`0x${hex(data)}`)));
}

function moment(name: string, data: Bytes): string {
  const digits = String(integer(data)).padStart(14, "0");
  if (data.length !== 6 || digits.length !== 14) throw wrong(name, "is no date and time");
  const part = (start: number, end: number) => Number(digits.slice(start, end));
  const found = day(part(4, 8), part(0, 2), part(2, 4));
  if (found === null || part(8, 10) > 23 || part(10, 12) > 59 || part(12, 14) > 59) {
    throw wrong(name, "is a date and time that no calendar has");
  }
  return `${found}T${digits.slice(8, 10)}:${digits.slice(10, 12)}:${digits.slice(12, 14)}`;
}

function wrong(name: string, what: string): SealError {
  return new SealError("profile", `${name} ${what}.`);
}
