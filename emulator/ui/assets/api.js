// The admin API, described in docs/emulator.md.

const prefix = "/_emulator/";

/** APIError is a refusal: what was wrong, and of which field. */
export class APIError extends Error {
  constructor(status, { code = "", message = "", field = "" } = {}) {
    super(message || `HTTP ${status}`);
    Object.assign(this, { status, code, field });
  }
}

/** path joins parts of a path, escaped. */
export const path = (...parts) => parts.map(encodeURIComponent).join("/");

async function call(method, where, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(prefix + where, options);
  } catch {
    throw new APIError(0, { code: "unreachable" });
  }
  const reply = await response.json().catch(() => ({}));
  if (!response.ok) throw new APIError(response.status, reply.error);
  return reply;
}

export const get = (where, query = {}) => {
  const set = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const text = new URLSearchParams(set).toString();
  return call("GET", text ? `${where}?${text}` : where);
};
export const post = (where, body) => call("POST", where, body);
export const put = (where, body) => call("PUT", where, body);
export const remove = (where) => call("DELETE", where);

let company;

/** people are the company's users and departments, loaded once until a reset. */
export function people() {
  company ??= Promise.all([get("users"), get("departments")]).then(([users, departments]) => ({
    users: users.items,
    departments: departments.items,
    userName: new Map(users.items.map((u) => [u.userId, u.name])),
    departmentName: new Map(departments.items.map((d) => [String(d.id), d.name])),
  })).catch((error) => {
    company = undefined;
    throw error;
  });
  return company;
}

export function forgetPeople() {
  company = undefined;
}
