// Who reads the camera: a thread of this browser, or the server.

import ReaderWorker from './reader.worker?worker&inline';
import { sizeOf, type Shot } from './pixels';
import { NO_FACE, type Sight, type Tracker } from './sight';

/** The networks run in this browser; nothing of the camera leaves it. */
export class BrowserTracker implements Tracker {
  private readonly worker = new ReaderWorker();
  private answer: { done: (sight: Sight) => void; fail: (error: Error) => void } | null = null;

  static async load(): Promise<BrowserTracker> {
    const tracker = new BrowserTracker();
    try {
      await new Promise<void>((done, fail) => {
        tracker.worker.onerror = (event) => fail(new Error(event.message || 'the reader cannot start'));
        tracker.worker.onmessage = ({ data }: MessageEvent<{ ready?: true; fault?: string }>) => (data.ready ? done() : fail(new Error(data.fault)));
        tracker.worker.postMessage({ base: new URL('files/', document.baseURI).href });
      });
    } catch (error) {
      tracker.close();
      throw error;
    }
    tracker.worker.onmessage = ({ data }: MessageEvent<{ sight?: Sight; fault?: string }>) => {
      const { answer } = tracker;
      tracker.answer = null;
      if (data.sight) answer?.done(data.sight);
      else answer?.fail(new Error(data.fault));
    };
    return tracker;
  }

  read(shot: Shot, time: number): Promise<Sight> {
    return new Promise((done, fail) => {
      this.answer = { done, fail };
      this.worker.postMessage({ shot, time }, [shot]);
    });
  }

  close(): void {
    this.worker.terminate();
  }
}

const QUALITY = 0.8;
const SERVER_WIDTH = 480;

/** Small pictures go to the server, numbers come back. */
export class ServerTracker implements Tracker {
  private answer: { done: (text: string) => void; fail: (error: Error) => void } | null = null;

  private constructor(private readonly socket: WebSocket) {
    socket.onmessage = ({ data }) => { this.answer?.done(data as string); this.answer = null; };
    socket.onclose = ({ reason }) => { this.answer?.fail(new Error(reason || 'the server has ended the connection')); this.answer = null; };
  }

  static async load(): Promise<ServerTracker> {
    const address = new URL('api/drive', document.baseURI);
    address.protocol = address.protocol.replace('http', 'ws');
    const socket = new WebSocket(address);
    await new Promise<void>((done, fail) => {
      socket.onmessage = () => done(); // the first message says that the networks are loaded
      socket.onclose = ({ reason }) => fail(new Error(reason || 'the server reads no camera'));
    });
    return new ServerTracker(socket);
  }

  async read(shot: Shot, time: number): Promise<Sight> {
    const start = performance.now();
    const { width, height } = sizeOf(shot);
    const scale = Math.min(SERVER_WIDTH / width, 1);
    const canvas = new OffscreenCanvas(Math.round(scale * width), Math.round(scale * height));
    canvas.getContext('2d')!.drawImage(shot, 0, 0, canvas.width, canvas.height);
    shot.close();
    const picture = await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
    const text = await new Promise<string>((done, fail) => {
      this.answer = { done, fail };
      this.socket.send(picture);
    });
    const told = JSON.parse(text) as Omit<Sight, 'time' | 'took'> & { fault?: string };
    if (told.fault) throw new Error(told.fault);
    const points = told.face ? told.points.map((value) => value / scale) : [];
    return { ...NO_FACE, ...told, points, time, took: performance.now() - start };
  }

  close(): void {
    this.socket.onclose = null;
    this.socket.close();
  }
}
