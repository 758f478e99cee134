import * as Y from 'yjs';
import { WebsocketProvider } from 'y-websocket';
import WebSocket from 'ws';

export { Y, WebSocket };

/** Waits until something holds; the test gives up on the whole script, not on a single wait. */
export async function until(holds, what) {
  const end = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function open(base, name, params = {}) {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`${base}/documents`, name, doc, {
    WebSocketPolyfill: WebSocket,
    disableBc: true,
    params,
  });
  return { doc, provider, text: doc.getText('body') };
}

/** Follows a scope over scope sync; answers what it has heard. */
export function follow(base, scope) {
  const heard = [];
  const socket = new WebSocket(`${base}/sync`);
  socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', scope, lastSyncId: 0 })));
  socket.on('message', (frame) => heard.push(JSON.parse(frame)));
  return { heard, socket };
}

export function check(holds, what) {
  if (!holds) throw new Error(`does not hold: ${what}`);
}

export function done(words) {
  console.log(words);
  process.exit(0);
}
