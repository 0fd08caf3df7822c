// The avatar that came with the page: inside it, or beside it on the same server.

interface AssetNote {
  name: string;
  /** Where it is, from the page; without it the bytes are in the page. */
  url?: string;
  /** Where the page hears what moves it, from the page. */
  live?: string;
}

/** Return what the page brings, or null for an empty one. */
export async function embeddedAsset(): Promise<{ name: string; bytes: ArrayBuffer; live?: string } | null> {
  const note = JSON.parse(document.getElementById('toonface-asset')?.textContent ?? 'null') as AssetNote | null;
  if (!note) return null;
  if (note.url) {
    const answer = await fetch(note.url);
    if (!answer.ok) throw new Error(`${note.name} cannot be fetched (${answer.status})`);
    return { name: note.name, bytes: await answer.arrayBuffer(), live: note.live };
  }
  const element = document.getElementById('toonface-bytes');
  const bytes = decode(element?.textContent ?? '');
  element?.remove();
  return { name: note.name, bytes };
}

function decode(text: string): ArrayBuffer {
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes.buffer;
}
