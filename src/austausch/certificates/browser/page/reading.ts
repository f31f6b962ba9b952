/** Finding codes in pictures and PDF files, on this device. */

export interface FoundCode {
  text: string;
  bytes: Uint8Array<ArrayBuffer>;
}
export type ReaderRequest = { wasm: string } | { id: number; picture: ImageData; thorough: boolean };
export interface ReaderAnswer {
  id: number;
  codes: FoundCode[];
  problem?: string;
}

/** A file cannot be read; `reason` is the key of a text of the page. */
export class ReadingError extends Error {
  constructor(readonly reason: "file-too-large" | "file-unreadable" | "file-kind" | "pdf-locked" | "reader-failed") {
    super(reason);
  }
}

export interface Addresses {
  reader: string;
  wasm: string;
  pdf: string;
  pdfWorker: string;
  jbig2: string;
  openjpeg: string;
  qcms: string;
}

export const LARGEST_FILE = 50 * 1024 * 1024;
export const MOST_PAGES = 100;
// First small, because most codes are read so and in a fraction of the time; then a picture of 12 megapixels as it is:
// making it only a tenth smaller loses codes on a photographed page. Some telephones draw nothing larger.
const LONGEST_SIDES = [1800, 4096] as const;
const LONGEST_PAGE = 4320;
const PDF_SCALES = [200 / 72, 330 / 72] as const;

export class Reader {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, (answer: ReaderAnswer) => void>();
  private last = 0;

  constructor(private readonly addresses: Addresses) {}

  /** Starts the worker before it is needed: its part in WebAssembly takes a moment. */
  warm(): void {
    this.started();
  }

  async picture(picture: ImageData, thorough: boolean): Promise<FoundCode[]> {
    const id = ++this.last;
    const answer = new Promise<ReaderAnswer>((resolve) => this.waiting.set(id, resolve));
    this.started().postMessage({ id, picture, thorough } satisfies ReaderRequest, [picture.data.buffer]);
    const { codes, problem } = await answer;
    if (problem !== undefined) throw new ReadingError("reader-failed");
    return codes;
  }

  /** All codes of an image or PDF file. `progress` hears of each page. Raises ReadingError. */
  async file(file: Blob, progress: (page: number, of: number) => void): Promise<FoundCode[]> {
    if (file.size > LARGEST_FILE) throw new ReadingError("file-too-large");
    const start = new Uint8Array(await file.slice(0, 1024).arrayBuffer());
    const isPdf = new TextDecoder("latin1").decode(start).includes("%PDF-");
    return isPdf ? this.pdf(file, progress) : this.image(file);
  }

  private async image(file: Blob): Promise<FoundCode[]> {
    let bitmap: ImageBitmap;
    try {
      bitmap = await createImageBitmap(file);
    } catch {
      throw new ReadingError(file.type.startsWith("image/") ? "file-unreadable" : "file-kind");
    }
    try {
      return await this.drawn((side) => {
        const factor = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
        const canvas = surface(bitmap.width * factor, bitmap.height * factor);
        canvas.drawImage(bitmap, 0, 0, canvas.canvas.width, canvas.canvas.height);
        return pixels(canvas);
      }, Math.max(bitmap.width, bitmap.height) > LONGEST_SIDES[0]);
    } finally {
      bitmap.close();
    }
  }

  private async drawn(draw: (side: number) => ImageData, large: boolean): Promise<FoundCode[]> {
    const [small, full] = LONGEST_SIDES;
    const found = await this.picture(draw(small), !large);
    return found.length > 0 || !large ? found : this.picture(draw(full), true);
  }

  private async pdf(file: Blob, progress: (page: number, of: number) => void): Promise<FoundCode[]> {
    const library = await pdfLibrary(this.addresses);
    const task = library.getDocument({
      data: new Uint8Array(await file.arrayBuffer()),
      BinaryDataFactory: filesOfOurOwn(this.addresses),
      useWorkerFetch: false,
      disableFontFace: true,
      useSystemFonts: false,
      enableXfa: false,
      verbosity: 0,
    });
    try {
      const document = await task.promise;
      const pages = Math.min(document.numPages, MOST_PAGES);
      const found: FoundCode[] = [];
      for (let number = 1; number <= pages; number++) {
        progress(number, document.numPages);
        found.push(...(await this.page(await document.getPage(number))));
      }
      return found;
    } catch (error) {
      if (error instanceof ReadingError) throw error;
      throw new ReadingError((error as Error).name === "PasswordException" ? "pdf-locked" : "file-unreadable");
    } finally {
      await task.destroy();
    }
  }

  private async page(page: PdfPage): Promise<FoundCode[]> {
    for (const [attempt, scale] of PDF_SCALES.entries()) {
      const natural = page.getViewport({ scale: 1 });
      const fitting = Math.min(scale, LONGEST_PAGE / Math.max(natural.width, natural.height));
      const viewport = page.getViewport({ scale: fitting });
      const canvas = surface(viewport.width, viewport.height);
      await page.render({ canvas: canvas.canvas, canvasContext: canvas, viewport }).promise;
      const found = await this.picture(pixels(canvas), attempt > 0);
      if (found.length > 0) return found;
    }
    return [];
  }

  private started(): Worker {
    if (this.worker === null) {
      this.worker = new Worker(this.addresses.reader, { type: "module" });
      this.worker.onmessage = (event: MessageEvent<ReaderAnswer>) => {
        this.waiting.get(event.data.id)?.(event.data);
        this.waiting.delete(event.data.id);
      };
      this.worker.onerror = () => this.gaveUp();
      this.worker.postMessage({ wasm: this.addresses.wasm } satisfies ReaderRequest);
    }
    return this.worker;
  }

  private gaveUp(): void {
    for (const [id, resolve] of this.waiting) resolve({ id, codes: [], problem: "worker" });
    this.waiting.clear();
    this.worker?.terminate();
    this.worker = null;
  }
}

export function surface(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new ReadingError("reader-failed");
  // Making a picture smaller must not drop every second line of a code.
  context.imageSmoothingQuality = "high";
  return context;
}

export function pixels(context: CanvasRenderingContext2D): ImageData {
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height);
}

type PdfLibrary = typeof import("pdfjs-dist");
type PdfPage = import("pdfjs-dist").PDFPageProxy;
let loaded: Promise<PdfLibrary> | null = null;

function pdfLibrary(addresses: Addresses): Promise<PdfLibrary> {
  // Large, and only those need it who check a PDF file.
  loaded ??= (import(addresses.pdf) as Promise<PdfLibrary>).then((library) => {
    library.GlobalWorkerOptions.workerSrc = addresses.pdfWorker;
    return library;
  });
  return loaded;
}

/** pdf.js asks for its decoders by file name; ours have hashed names, and nothing else is ever fetched. */
function filesOfOurOwn(addresses: Addresses) {
  const known: Record<string, string> = {
    "jbig2.wasm": addresses.jbig2,
    "openjpeg.wasm": addresses.openjpeg,
    "qcms_bg.wasm": addresses.qcms,
  };
  return class {
    async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
      const address = known[filename];
      if (address === undefined) throw new Error(`Not part of this page: ${filename}`);
      return new Uint8Array(await (await fetch(address)).arrayBuffer());
    }
  };
}
