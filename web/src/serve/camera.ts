// The camera, and what people are told where there is none.

import type { Shot } from './pixels';

const WANTED: MediaTrackConstraints = { facingMode: 'user', width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };

const REASONS: Record<string, string> = {
  NotAllowedError: 'The camera is not allowed here; allow it in the browser’s address bar',
  NotFoundError: 'No camera was found',
  NotReadableError: 'Another program uses the camera',
};

/** Open the camera into a video element that plays. */
export async function openCamera(video: HTMLVideoElement, more: MediaTrackConstraints = {}): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new Error('Browsers give the camera to pages of this machine or of https only');
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { ...WANTED, ...more }, audio: false });
  } catch (error) {
    const { name, message } = error as DOMException;
    throw new Error(REASONS[name] ?? `The camera cannot be opened (${message})`);
  }
  video.srcObject = stream;
  video.muted = true;
  video.playsInline = true;
  await video.play();
  return stream;
}

/** A picture, and when it was shown, seconds. */
export interface Taken { shot: Shot; time: number }

/** The newest picture of a video that plays: copied as soon as it is there, and thrown away when a newer one comes first. */
export class NewestFrame {
  private frame: Taken | null = null;
  private wanted: (() => void) | null = null;
  private stopped = false;

  constructor(private readonly video: HTMLVideoElement) {
    void this.collect();
  }

  /** Wait for a picture that nobody has had, and take it; null when there will be none. */
  async take(): Promise<Taken | null> {
    while (!this.frame && !this.stopped) await new Promise<void>((done) => { this.wanted = done; });
    const { frame } = this;
    this.frame = null;
    return frame;
  }

  stop(): void {
    this.stopped = true;
    this.put(null);
  }

  private async collect(): Promise<void> {
    while (!this.stopped) {
      await this.shown();
      const time = performance.now() / 1000;
      try {
        // The one is the camera's own memory, the other a copy, which may lie on the graphics card.
        const shot = 'VideoFrame' in self ? new VideoFrame(this.video) : await createImageBitmap(this.video);
        if (this.stopped) shot.close();
        else this.put({ shot, time });
      } catch {
        if (!this.stopped) await new Promise((done) => setTimeout(done, 50)); // between two sizes a video has no picture
      }
    }
  }

  private put(frame: Taken | null): void {
    this.frame?.shot.close();
    this.frame = frame;
    this.wanted?.();
    this.wanted = null;
  }

  private shown(): Promise<void> {
    return new Promise((done) => {
      if ('requestVideoFrameCallback' in this.video) this.video.requestVideoFrameCallback(() => done());
      else requestAnimationFrame(() => done());
    });
  }
}

export function closeCamera(video: HTMLVideoElement): void {
  for (const track of (video.srcObject as MediaStream | null)?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}
