/** The worker that finds codes in pictures, so that the page stays quick. It never sees anything but pixels. */

import { prepareZXingModule, readBarcodes, type ReaderOptions } from "zxing-wasm/reader";

import type { FoundCode, ReaderAnswer, ReaderRequest } from "../page/reading";

interface WorkerScope {
  onmessage: ((event: MessageEvent<ReaderRequest>) => void) | null;
  postMessage(answer: ReaderAnswer): void;
}
const worker = self as unknown as WorkerScope;

const QUICK: ReaderOptions = {
  formats: ["QRCode", "DataMatrix", "Aztec"],
  tryHarder: true,
  tryRotate: true,
  tryInvert: false,
  tryDownscale: true,
  maxNumberOfSymbols: 16,
};
// Blurred and unevenly lit pictures: a threshold for the whole picture sometimes sees what local ones do not.
const THOROUGH: ReaderOptions[] = [{ ...QUICK, binarizer: "GlobalHistogram" }, { ...QUICK, tryDenoise: true }];

worker.onmessage = (event) => {
  const request = event.data;
  if ("wasm" in request) {
    // Our own file; the library would otherwise ask a foreign host.
    // Begins at once: whoever starts a camera or chooses a file takes longer than this. A failure is told when reading.
    prepareZXingModule({ overrides: { locateFile: () => request.wasm }, fireImmediately: true }).catch(() => {});
    return;
  }
  read(request.picture, request.thorough).then(
    (codes) => worker.postMessage({ id: request.id, codes }),
    (error: unknown) => worker.postMessage({ id: request.id, codes: [], problem: String(error) }),
  );
};

async function read(picture: ImageData, thorough: boolean): Promise<FoundCode[]> {
  for (const options of thorough ? [QUICK, ...THOROUGH] : [QUICK]) {
    const found = (await readBarcodes(picture, options)).filter((code) => code.isValid);
    if (found.length > 0) return found.map((code) => ({ text: code.text, bytes: new Uint8Array(code.bytes) }));
  }
  return [];
}
