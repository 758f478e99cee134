// Drives real pages in a real Chromium: one JSON command a line on stdin, one JSON answer a line on
// stdout. Ends with its input.
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const dist = new URL('./dist', import.meta.url).pathname
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
const patience = 30_000
const settled = 20

const files = createServer((request, response) => {
  const path = normalize(new URL(request.url, 'http://pages').pathname)
  const file = createReadStream(join(dist, path === '/' ? 'index.html' : path))
  file.on('open', () => response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/html' }))
  file.on('error', () => response.writeHead(404).end())
  file.pipe(response)
})
await new Promise(resolve => files.listen(0, '127.0.0.1', resolve))

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
const pages = new Map()

const commands = {
  async open ({ page: name, ...settings }) {
    const context = await browser.newContext({ viewport: { width: 640, height: 300 } })
    const page = await context.newPage()
    page.on('pageerror', error => console.error(`${name}: ${error.stack}`))
    page.on('console', message => {
      if (message.type() === 'error') console.error(`${name}: ${message.text()}`)
    })
    pages.set(name, page)
    const query = new URLSearchParams({ user: name, ...settings })
    await page.goto(`http://127.0.0.1:${files.address().port}/?${query}`)
    await page.waitForFunction(() => window.anabranch?.connection.isSynced(), null, { timeout: patience })
  },
  async type ({ page, text }) {
    await pages.get(page).evaluate(() => window.anabranch.editor.focus())
    // An editor may take the focus only with its next frame; keys that come before it are lost.
    await pages.get(page).waitForFunction(
      () => document.activeElement?.closest('.tiptap, .cm-content'), null, { timeout: patience })
    await pages.get(page).keyboard.type(text, { delay: settled })
  },
  press: ({ page, key }) => pages.get(page).keyboard.press(key),
  text: ({ page }) => pages.get(page).evaluate(() => window.anabranch.text()),
  prose: ({ page }) => pages.get(page).evaluate(() => window.anabranch.prose()),
  state: ({ page }) => pages.get(page).evaluate(() => window.anabranch.state()),
  // What the editor shows, without the names at the carets.
  shown: ({ page }) => pages.get(page).locator('.tiptap, .cm-content').evaluate(shown => {
    const copy = shown.cloneNode(true)
    copy.querySelectorAll('.collaboration-carets__caret, .cm-ySelectionCaret').forEach(c => c.remove())
    return copy.textContent
  }),
  isConnected: ({ page }) => pages.get(page).evaluate(() => window.anabranch.connection.isConnected()),
  // The names at the carets of others, as they stand in the page.
  carets: ({ page }) => pages.get(page)
    .locator('.collaboration-carets__label, .cm-ySelectionInfo').allTextContents(),
  // No new connections, and the one that stands is torn.
  async goOffline ({ page }) {
    await pages.get(page).context().setOffline(true)
    await pages.get(page).evaluate(() => window.anabranch.connection.breakOff())
  },
  goOnline: ({ page }) => pages.get(page).context().setOffline(false),
  screenshot: ({ page, file }) => pages.get(page).screenshot({ path: file }),
  async close ({ page }) {
    await pages.get(page).context().close()
    pages.delete(page)
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line)
  try {
    const value = await commands[command.do](command)
    console.log(JSON.stringify({ value: Buffer.isBuffer(value) ? null : value ?? null }))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.stack ?? error) }))
  }
}
await browser.close()
files.close()
