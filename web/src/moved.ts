// A program on this machine moves the head: `toonface drive` tells the page what its source does.

import type { Show } from './show';

/** As io/live_feed.py writes it. */
interface Told { weights: Record<string, number>; head: [number, number, number, number] }

/** Have a stream of poses move what is shown, until it ends; then the head goes back to its rest. */
export function moveBy(url: string, shown: () => { show: Show; draw: () => void } | null): EventSource {
  const source = new EventSource(url);
  const pose = (told: Told | null) => {
    const now = shown();
    if (!now) return;
    if (told && now.show.player.playing) now.show.pause();
    now.show.live = told && { weights: new Map(Object.entries(told.weights)), head: told.head };
    now.draw();
  };
  source.onmessage = ({ data }: MessageEvent<string>) => pose(JSON.parse(data) as Told);
  source.onerror = () => pose(null);
  return source;
}
