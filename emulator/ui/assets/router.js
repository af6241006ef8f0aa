// Pages by the address after #: "/" of the server itself belongs to the gateways.

/** parse takes "#/instances/ID?status=RUNNING" apart. */
export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const parts = path.split("/").filter(Boolean).map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { page: parts[0] ?? "", id: parts[1] ?? "", query: Object.fromEntries(new URLSearchParams(query)) };
}

export function address(page, id = "", query = {}) {
  const set = Object.entries(query).filter(([, value]) => value !== "" && value !== undefined && value !== null);
  const text = new URLSearchParams(set).toString();
  return `#/${page}${id === "" ? "" : `/${encodeURIComponent(id)}`}${text ? `?${text}` : ""}`;
}

export const go = (...where) => {
  location.hash = address(...where);
};

/** note puts filters into the address without loading the page anew. */
export const note = (...where) => history.replaceState(null, "", address(...where));
