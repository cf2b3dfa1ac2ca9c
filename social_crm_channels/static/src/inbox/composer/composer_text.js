/**
 * What can be told from the text alone, at once: how long it is, what must not be public, which
 * rules it breaks, what is not filled in yet. The server looks again and decides.
 */

// Not @name@server, by which some networks call people.
const EMAIL = /(?<![\p{L}\p{N}_.+@-])[\p{L}\p{N}_.+-]+@[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+/gu;
const IBAN = /\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b/gi;
// With a country's prefix; numbers without one are for the server, which knows the country.
const PHONE = /(?<![\p{L}\p{N}_])(?:\+|00)[1-9](?:[\s()./-]{0,3}\d){7,13}(?!\d)/gu;
const ADDRESS = /https?:\/\/\S+/gi;
const PLACEHOLDER = /\{\{\s*([\w.]*)\s*\}\}/g;

/** @returns {number} characters as people and most networks count them, not UTF-16 units */
export function countCharacters(text) {
    return [...text].length;
}

/** @returns {boolean} whether the check digits of a bank account are right (ISO 7064, mod 97-10) */
export function isIban(candidate) {
    const bare = candidate.replace(/[ -]/g, "").toUpperCase();
    if (bare.length < 15 || bare.length > 34) {
        return false;
    }
    let rest = 0;
    for (const sign of bare.slice(4) + bare.slice(0, 4)) {
        const value = parseInt(sign, 36);
        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest === 1;
}

/**
 * @param {string} text
 * @param {string[]} [orderPatterns] regular expressions numbers of orders follow
 * @returns {{kind: string, value: string}[]} what must not be said in public
 */
export function findSensitive(text, orderPatterns = []) {
    const found = new Map();
    const add = (kind, value) => found.set(value.trim(), { kind, value: value.trim() });
    for (const [value] of text.matchAll(EMAIL)) {
        add("email", value);
    }
    for (const [value] of text.matchAll(IBAN)) {
        const words = value.split(" ");
        for (let end = words.length; end > 0; end--) {
            const candidate = words.slice(0, end).join(" ");
            if (isIban(candidate)) {
                add("iban", candidate);
                break;
            }
        }
    }
    // Digits of an account or an address of the web are no phone number.
    const plain = [...found.keys()].reduce(
        (left, value) => left.replaceAll(value, " "),
        text.replace(ADDRESS, " ")
    );
    for (const [value] of plain.matchAll(PHONE)) {
        add("phone", value);
    }
    for (const pattern of orderPatterns) {
        const order = compile(`(?<![\\p{L}\\p{N}_])(?:${pattern})(?![\\p{L}\\p{N}_])`, "giu");
        for (const [value] of order ? plain.matchAll(order) : []) {
            add("order", value);
        }
    }
    return [...found.values()];
}

/**
 * @param {string} text
 * @param {Object[]} rules of the section: {id, kind, level, message, pattern}
 * @returns {Object[]} {id, level, message, found} of rules the text does not keep
 */
export function findBrand(text, rules) {
    if (!text.trim()) {
        return [];
    }
    const found = [];
    for (const { id, kind, level, message, pattern } of rules) {
        const expression = pattern && compile(pattern, "iu");
        if (!expression) {
            continue; // forms of address are read by the server
        }
        const match = text.match(expression);
        if (kind === "avoid" ? match : !match) {
            found.push({ id, level, message, found: match ? match[0] : "" });
        }
    }
    return found;
}

/** @returns {string[]} names that are still to be filled in, each once */
export function findPlaceholders(text) {
    return [...new Set([...text.matchAll(PLACEHOLDER)].map((match) => match[1]))];
}

/** @returns {string} a template's words with the values that are there */
export function fillTemplate(body, params) {
    return body.replace(PLACEHOLDER, (whole, name) => params[name]?.trim() || whole);
}

/**
 * What somebody is looking for where the cursor stands: "::parcel" or "@ana".
 *
 * @param {string} text
 * @param {number} cursor
 * @returns {{kind: "saved"|"mention", search: string, start: number} | null}
 */
export function triggerAt(text, cursor) {
    const before = text.slice(0, cursor);
    const saved = before.match(/(?:^|\s)::([^\n:]{0,40})$/);
    if (saved) {
        return { kind: "saved", search: saved[1], start: cursor - saved[1].length - 2 };
    }
    const mention = before.match(/(?:^|[\s(])@([\p{L}\p{N}_.@-]{0,60})$/u);
    if (mention) {
        return { kind: "mention", search: mention[1], start: cursor - mention[1].length - 1 };
    }
    return null;
}

/**
 * @returns {{text: string, cursor: number}} the text with words put in the place of a part of it
 */
export function replaceAt(text, start, end, words) {
    const glue = words && end < text.length && !/\s/.test(text[end]) ? " " : "";
    return {
        text: text.slice(0, start) + words + glue + text.slice(end),
        cursor: start + words.length + glue.length,
    };
}

function compile(pattern, flags) {
    try {
        return new RegExp(pattern, flags);
    } catch {
        return null; // what only the server's expressions know is left to the server
    }
}
