/** Not for browsers: answers a file of seals (packages/vdseal/docs/formats.md, “Shared vectors”) on standard output.
 *
 * The tests run it with Node and compare each answer with that of the Python library. A file of foreign seals
 * (`foreign`) is taken apart only, and verified where it brings a key.
 */

import { fromHex, type Bytes } from "./core/bytes";
import { decode } from "./core/codec";
import { fromBase64, publicKey, type PublicKey } from "./core/curves";
import { SealError } from "./core/errors";
import { readStatusList, type StatusList } from "./core/status";
import { readTrustList } from "./core/trust";
import { check } from "./core/verdict";

declare const process: { argv: string[]; stdout: { write(text: string): void } };
declare function require(name: "node:fs"): { readFileSync(path: string, encoding: "utf8"): string };

interface Case {
  hex: string;
  at?: number;
  expect_test?: boolean;
  status_lists?: Record<string, string>;
}
interface Vectors {
  trust_list_key: string;
  trust_list: string;
  status_lists: Record<string, string>;
  at: number;
  expect_test?: boolean;
  seals: Case[];
}

interface Foreign {
  foreign: { hex: string; key?: string }[];
}

async function answers(path: string): Promise<string[]> {
  const file = JSON.parse(require("node:fs").readFileSync(path, "utf8")) as Vectors | Foreign;
  return "foreign" in file ? takenApart(file) : verdicts(file);
}

async function takenApart({ foreign }: Foreign): Promise<string[]> {
  const lines: string[] = [];
  for (const one of foreign) {
    try {
      const seal = decode(fromHex(one.hex) as Bytes);
      const key = one.key === undefined ? null : await keyOf(fromBase64(one.key));
      const verifies = key === null ? null : await key.verifies(seal.signedBytes, seal.signature);
      const signer = `${seal.signer}/${seal.certificateReference}`;
      lines.push(JSON.stringify({ code: "", signer, category: seal.kind % 256, verifies }));
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      lines.push(JSON.stringify({ code: error.code }));
    }
  }
  return lines;
}

async function verdicts(vectors: Vectors): Promise<string[]> {
  const trust = await readTrustList(vectors.trust_list, [await keyOf(fromBase64(vectors.trust_list_key))]);
  const read = async (tokens: Record<string, string>): Promise<Map<string, StatusList>> => {
    const lists = new Map<string, StatusList>();
    for (const [uri, token] of Object.entries(tokens)) {
      const der = trust.statusKeys.get(uri);
      if (der !== undefined) lists.set(uri, await readStatusList(token, await keyOf(der), uri));
    }
    return lists;
  };
  const everywhere = await read(vectors.status_lists);
  const lines: string[] = [];
  for (const one of vectors.seals) {
    const status = one.status_lists === undefined ? everywhere : await read(one.status_lists);
    const data = fromHex(one.hex);
    if (data === null) throw new Error(`no hexadecimal digits: ${one.hex}`);
    const now = new Date((one.at ?? vectors.at) * 1000);
    const found = await check(data, { trust, status }, now, one.expect_test ?? vectors.expect_test ?? false);
    const values = Object.fromEntries((found.document?.values ?? []).map(({ field, value }) => [field.name, value]));
    lines.push(JSON.stringify({ outcome: found.outcome, code: found.code, values }));
  }
  return lines;
}

async function keyOf(der: Bytes | null): Promise<PublicKey> {
  const key = der === null ? null : await publicKey(der);
  if (key === null) throw new Error("a key of the file cannot be read");
  return key;
}

void answers(process.argv[2] ?? "").then((lines) => process.stdout.write(`${lines.join("\n")}\n`));
