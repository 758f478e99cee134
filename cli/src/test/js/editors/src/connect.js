// The two providers that people use, on an Anabranch.
import { HocuspocusProvider } from '@hocuspocus/provider'
import { WebsocketProvider } from 'y-websocket'

export function connect (settings, ydoc) {
  return settings.provider === 'hocuspocus' ? hocuspocus(settings, ydoc) : websocket(settings, ydoc)
}

const webSocketUrl = server => server.replace(/^http/, 'ws')

function websocket ({ server, scope, document, token }, ydoc) {
  const provider = new WebsocketProvider(
    `${webSocketUrl(server)}/documents/${encodeURIComponent(scope)}`,
    encodeURIComponent(document),
    ydoc,
    { params: token ? { token } : {}, disableBc: true, maxBackoffTime: 1000 })
  return {
    provider,
    isConnected: () => provider.wsconnected,
    isSynced: () => provider.synced,
    breakOff: () => provider.ws?.close(),
  }
}

function hocuspocus ({ server, scope, document, token }, ydoc) {
  const provider = new HocuspocusProvider({
    url: `${webSocketUrl(server)}/hocuspocus`,
    name: `${scope}/${document}`,
    document: ydoc,
    token: token || null,
  })
  const socket = provider.configuration.websocketProvider
  return {
    provider,
    isConnected: () => socket.status === 'connected',
    isSynced: () => provider.isSynced,
    breakOff: () => socket.webSocket?.close(),
  }
}
