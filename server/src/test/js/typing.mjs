// Types without end and says how many keystrokes the server has acknowledged.
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { until, Y, WebSocket } from './common.mjs';

const base = process.argv[2];
const socket = new HocuspocusProviderWebsocket({ url: `${base}/hocuspocus`, WebSocketPolyfill: WebSocket });
const document = new Y.Doc();
const text = document.getText('body');
let closed = false;
const provider = new HocuspocusProvider({
  websocketProvider: socket, name: 'org:1/typed', document, token: '',
  onClose: () => { closed = true; },
  onUnsyncedChanges: ({ number }) => { if (!closed && text.length > 0) console.log(`acked ${text.length - number}`); },
});
provider.attach();
await until(() => provider.isSynced && !provider.hasUnsyncedChanges, 'synced');
for (;;) {
  text.insert(text.length, 'x');
  await new Promise((resolve) => setTimeout(resolve, 1));
}
