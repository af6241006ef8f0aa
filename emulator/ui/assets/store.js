// What the browser remembers; nothing of it is needed.

export function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(`dingoa.${key}`);
    else localStorage.setItem(`dingoa.${key}`, value);
  } catch {
    // storage is switched off: forgotten at the next visit
  }
}

export function stored(key) {
  try {
    return localStorage.getItem(`dingoa.${key}`);
  } catch {
    return null;
  }
}
