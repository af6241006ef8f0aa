import { svg } from "./dom.js";

// Outlines on a grid of 16.
const outlines = {
  overview: "M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z",
  instances: "M3 2h7l3 3v9H3zM6 9l1.5 1.5L10.5 7",
  start: "M8 3v10M3 8h10",
  forms: "M2 3h12v10H2zM2 6.5h12M6 6.5V13",
  events: "M2 8h3l2-5 2.5 10L11.5 8H14",
  streams: "M4 3.5a6 6 0 0 0 0 9M12 3.5a6 6 0 0 1 0 9M6 6a3 3 0 0 0 0 4M10 6a3 3 0 0 1 0 4",
  requests: "M2 5h10l-3-3M14 11H4l3 3",
  faults: "M8 2l6.5 11.5h-13zM8 6.5v3.5M8 11.8v.4",
  clock: "M8 2a6 6 0 1 0 .01 0M8 4.5V8l2.5 2",
  sun: "M8 5a3 3 0 1 0 .01 0M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13 9.5A5.5 5.5 0 1 1 6.5 3a4.5 4.5 0 0 0 6.5 6.5z",
};

export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: outlines[name] }));
}
