import WebSocket from 'ws';

globalThis.WebSocket = WebSocket;

export const url = process.argv[2];

export function check(holds, what) {
  if (!holds) throw new Error(`does not hold: ${what}`);
}

/** Waits until something holds; the test gives up on the whole script, not on a single wait. */
export async function until(holds, what) {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export async function refused(promise, prefix) {
  try {
    await promise;
  } catch (error) {
    check(String(error?.message ?? error).startsWith(prefix), `${prefix} and not ${error}`);
    return;
  }
  throw new Error(`was accepted, not ${prefix}`);
}

export function now() {
  return Math.floor(Date.now() / 1000);
}

export function done(words) {
  console.log(words);
  process.exit(0);
}
