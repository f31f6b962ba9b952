/** The camera, started by a click only and stopped as soon as it has seen a code, or nobody looks any more. */

import { pixels, surface, type FoundCode, type Reader } from "./reading";

const LONGEST_SIDE = 1280;
// Small pictures are read many times a second; now and then one as large as the camera gives it, and thoroughly.
const THOROUGH_EVERY = 5;
const PAUSE = 60;

/** The camera cannot be used; `reason` is the key of a text of the page. */
export class CameraError extends Error {
  constructor(readonly reason: "camera-refused" | "camera-missing" | "camera-busy" | "camera-ended") {
    super(reason);
  }
}

export class Camera {
  private stream: MediaStream | null = null;
  private running = false;
  /** One for each start, so that a stream that comes after it was stopped is let go at once. */
  private turn = 0;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly reader: Reader,
    private readonly stopped: () => void,
  ) {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.stop();
    });
    window.addEventListener("pagehide", () => this.stop());
  }

  /** Codes of the first picture whose codes `wanted` accepts; null when it was stopped before. Raises CameraError. */
  async look(wanted: (codes: FoundCode[]) => boolean): Promise<FoundCode[] | null> {
    const turn = ++this.turn;
    this.running = true;
    try {
      const stream = await started();
      if (turn !== this.turn) {
        release(stream);
        return null;
      }
      this.stream = stream;
      return await this.watch(stream, wanted);
    } finally {
      if (turn === this.turn) this.stop();
    }
  }

  /** Lets the camera go, also one that somebody is still being asked about. */
  stop(): void {
    if (!this.running) return;
    this.turn++;
    this.running = false;
    if (this.stream !== null) release(this.stream);
    this.stream = null;
    this.video.srcObject = null;
    this.stopped();
  }

  private async watch(stream: MediaStream, wanted: (codes: FoundCode[]) => boolean): Promise<FoundCode[] | null> {
    this.video.srcObject = stream;
    try {
      await this.video.play();
    } catch (error) {
      // Stopped before the first picture came.
      if (this.stream === stream) throw error;
    }
    for (let picture = 1; this.stream === stream; picture++) {
      if (!stream.active) throw new CameraError("camera-ended");
      const codes = await this.frame(picture % THOROUGH_EVERY === 0);
      if (this.stream === stream && wanted(codes)) return codes;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    return null;
  }

  private async frame(thorough: boolean): Promise<FoundCode[]> {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (width === 0) return [];
    const factor = thorough ? 1 : Math.min(1, LONGEST_SIDE / Math.max(width, height));
    const canvas = surface(width * factor, height * factor);
    canvas.drawImage(this.video, 0, 0, canvas.canvas.width, canvas.canvas.height);
    return this.reader.picture(pixels(canvas), thorough);
  }
}

async function started(): Promise<MediaStream> {
  // Browsers have no camera for a page that came without https.
  if (navigator.mediaDevices === undefined) throw new CameraError("camera-missing");
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
    });
  } catch (error) {
    const { name } = error as Error;
    if (name === "NotAllowedError" || name === "SecurityError") throw new CameraError("camera-refused");
    throw new CameraError(name === "NotReadableError" || name === "AbortError" ? "camera-busy" : "camera-missing");
  }
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
