// Tables that are looked up by what a user or a program wrote.

/** lookup is the table's own entry: "constructor" and "__proto__" are none. */
export const lookup = (table, key) => (Object.hasOwn(table, key) ? table[key] : undefined);
