/** The camera, started by a click only and stopped as soon as it has seen a code, or nobody looks any more. */

import { pixels, surface, type FoundCode, type Reader } from "./reading";

const LONGEST_SIDE = 1280;

export class Camera {
  private stream: MediaStream | null = null;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly reader: Reader,
    private readonly stopped: () => void,
  ) {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.stop();
    });
  }

  get running(): boolean {
    return this.stream !== null;
  }

  /** Codes of the first picture that holds one `wanted` accepts; null when it was stopped before. */
  async look(wanted: (codes: FoundCode[]) => boolean): Promise<FoundCode[] | null> {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
    });
    this.stream = stream;
    this.video.srcObject = stream;
    await this.video.play();
    while (this.stream === stream) {
      const codes = await this.frame();
      if (codes.length > 0 && wanted(codes)) {
        this.stop();
        return codes;
      }
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    return null;
  }

  stop(): void {
    if (this.stream === null) return;
    for (const track of this.stream.getTracks()) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.stopped();
  }

  private async frame(): Promise<FoundCode[]> {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (width === 0) return [];
    const factor = Math.min(1, LONGEST_SIDE / Math.max(width, height));
    const canvas = surface(width * factor, height * factor);
    canvas.drawImage(this.video, 0, 0, canvas.canvas.width, canvas.canvas.height);
    return this.reader.picture(pixels(canvas), false);
  }
}
