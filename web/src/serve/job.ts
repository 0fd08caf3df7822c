// Speaks with the server: sends a portrait, hears the story of its avatar, fetches what came of it.

export interface FileSizes { [name: string]: number }
export type JobEvent =
  | { kind: 'queued'; ahead: number }
  | { kind: 'stage'; stage: string; share: number }
  | { kind: 'picture'; name: string; width: number; height: number }
  | { kind: 'faces'; boxes: [number, number, number, number][]; chosen: number }
  | { kind: 'note'; text: string }
  | { kind: 'done'; files: FileSizes; seconds: number; style: string }
  | { kind: 'fault'; status: number; sentence: string };

export interface Order {
  picture: Blob;
  style: string;
  /** Of the style, from 0 to 1. */
  strength: number;
  face: number;
}

/** Times that a busy server is asked again before giving up. */
const MOST_TRIES = 20;
const LOST = 'the server does not answer; is toonface serve still running?';

/** What the server says of a fault, or what the browser says of it. */
async function sentenceOf(answer: Response): Promise<string> {
  try {
    return ((await answer.json()) as { fault: string }).fault;
  } catch {
    return `the server answered ${answer.status}`;
  }
}

export class Job {
  private source: EventSource | null = null;
  private ended = false;

  private constructor(readonly id: string) {}

  /** Send a portrait. While the server is full, wait as long as it asks for and try again; `wait` is told the seconds left. */
  static async begin(order: Order, wait: (seconds: number) => void, signal: AbortSignal): Promise<Job> {
    const query = new URLSearchParams({ style: order.style, strength: String(order.strength), face: String(order.face) });
    for (let tries = 0; ; tries++) {
      const request = { method: 'POST', body: order.picture, signal };
      const answer = await fetch(`api/jobs?${query}`, request).catch((error: unknown) => {
        throw signal.aborted ? error : new Error(LOST);
      });
      if (answer.ok) return new Job(((await answer.json()) as { id: string }).id);
      const sentence = await sentenceOf(answer);
      if (answer.status !== 429 || tries >= MOST_TRIES) throw new Error(sentence);
      for (let left = Number(answer.headers.get('Retry-After') ?? 10); left > 0; left--) {
        wait(left);
        await new Promise((done) => setTimeout(done, 1000));
        signal.throwIfAborted();
      }
    }
  }

  address(file: string): string {
    return `api/jobs/${this.id}/${file}`;
  }

  /** Hear the story to its end. A connection that breaks is taken up again by the browser, where it broke. */
  listen(hear: (event: JobEvent) => void): void {
    this.source = new EventSource(this.address('events'));
    this.source.onmessage = (message) => {
      const event = JSON.parse(message.data as string) as JobEvent;
      if (event.kind === 'done' || event.kind === 'fault') this.close();
      hear(event);
    };
    this.source.onerror = () => {
      if (this.ended || this.source?.readyState !== EventSource.CLOSED) return;
      this.close();
      hear({ kind: 'fault', status: 503, sentence: LOST });
    };
  }

  /** Stop listening, and have the server delete what there is. */
  forget(): void {
    this.close();
    void fetch(`api/jobs/${this.id}`, { method: 'DELETE', keepalive: true }).catch(() => undefined);
  }

  private close(): void {
    this.ended = true;
    this.source?.close();
  }
}
