// Live updates. The browser connects again by itself; what was missed meanwhile
// is loaded anew.

import { forgetPeople } from "./api.js";

const listeners = new Set();
let source;
let connected = false;
let greeted = false; // once at least

/** subscribe calls listener with every change until the returned function is called. */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(change) {
  if (change.kind === "reset") forgetPeople();
  for (const listener of listeners) listener(change);
}

function setConnected(now) {
  if (connected === now) return;
  connected = now;
  tell({ kind: "connection", connected });
}

export const isConnected = () => connected;

/** connect starts the stream; nothing runs before. */
export function connect() {
  source = new EventSource("/_emulator/events");
  source.addEventListener("hello", () => {
    setConnected(true);
    if (greeted) tell({ kind: "reset" }); // something may have been missed
    greeted = true;
  });
  source.addEventListener("change", (event) => tell(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    setConnected(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
}

// A page that leaves has no use for the connection, and browsers allow few.
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => {
  if (event.persisted) connect();
});
