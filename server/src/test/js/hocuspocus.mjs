// Several documents on one Hocuspocus socket; every update is told what it came to.
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { check, done, open, until, Y, WebSocket } from './common.mjs';

const base = process.argv[2];
const socket = new HocuspocusProviderWebsocket({ url: `${base}/hocuspocus`, WebSocketPolyfill: WebSocket });
const providers = ['org:3/a', 'org:3/b'].map((name) => {
  const document = new Y.Doc();
  const provider = new HocuspocusProvider({ websocketProvider: socket, name, document, token: '' });
  provider.attach();
  return { provider, text: document.getText('body') };
});
await until(() => providers.every((p) => p.provider.isSynced && p.provider.isAuthenticated), 'synced');
providers.forEach((p, i) => p.text.insert(0, `text ${i}`));
const other = open(base, 'org:3/b');
await until(() => other.text.toString() === 'text 1', 'the other framing');
other.text.insert(6, '!');
await until(() => providers[1].text.toString() === 'text 1!', 'back again');
await until(() => providers.every((p) => !p.provider.hasUnsyncedChanges), 'every update settled');
check(providers[0].text.toString() === 'text 0', providers[0].text.toString());
providers[0].provider.destroy();
done('two documents on one socket');
