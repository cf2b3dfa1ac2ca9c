/**
 * What a case's time line holds and how it lies on the screen. No component, no network.
 */

const STREAM = ["direct", "group"];
const DEPTH_LIMIT = 3;
const TOGETHER_MS = 5 * 60 * 1000;

/** By the moment, with its fraction of a second where the network told one. */
const byTime = (one, other) => {
    const [first, second] = [one.order || one.date, other.order || other.date];
    return first < second ? -1 : first > second ? 1 : one.key < other.key ? -1 : 1;
};

/** The pages of one case that were read so far, as one list, the oldest first. */
export class TalkLog {
    constructor() {
        this.clear();
    }

    clear() {
        this.entries = [];
        this.roots = {};
        this.parents = {};
        this.places = {};
        this.more = false;
        this.before = false;
        this.lookedAt = false;
    }

    /** @returns {string[]} keys that were not held before */
    latest(page) {
        const known = new Set(this.entries.map((entry) => entry.key));
        const added = page.entries.map((entry) => entry.key).filter((key) => !known.has(key));
        const overlaps = added.length < page.entries.length;
        const oldest = page.entries[0];
        const fresh = new Set(page.entries.map((entry) => entry.key));
        const older =
            page.more && overlaps
                ? this.entries.filter(
                      (entry) => !fresh.has(entry.key) && byTime(entry, oldest) < 0
                  )
                : [];
        if (!older.length) {
            this.more = page.more;
            this.before = page.before;
        }
        this._take(page);
        this.entries = [...older, ...page.entries];
        return added;
    }

    /** @param {Object} page what comes before all that is held */
    earlier(page) {
        const known = new Set(this.entries.map((entry) => entry.key));
        this._take(page);
        this.entries = [...page.entries.filter((entry) => !known.has(entry.key)), ...this.entries];
        this.more = page.more;
        this.before = page.before;
    }

    _take(page) {
        Object.assign(this.roots, page.roots);
        Object.assign(this.parents, page.parents);
        Object.assign(this.places, page.places);
    }
}

/**
 * @param {Object} entry
 * @param {string|false} lookedAt when the reader was here last
 * @param {number} userId the reader, whose own words are never news
 */
export function isNew(entry, lookedAt, userId) {
    if (!lookedAt || entry.is_mine || entry.author?.user?.id === userId) {
        return false;
    }
    return (entry.received || entry.date) > lookedAt;
}

/**
 * The time line in blocks: what was said under one post, or in one chat, without a break.
 *
 * @param {TalkLog} log
 * @param {Object} options
 * @param {number} options.userId
 * @param {(date: string) => string} options.dayOf the reader's own day of a moment
 * @returns {Object[]} {key, kind: "stream"|"tree"|"loose", place, root, isAgain, rows}; a row is
 *      {kind: "entry"|"day"|"new", key, entry, depth, quote, isFollowing}
 */
export function blocksOf(log, { userId, dayOf }) {
    const blocks = [];
    const seenRoots = new Set();
    for (const entry of log.entries) {
        const last = blocks.at(-1);
        if (entry.kind !== "interaction") {
            if (last) {
                last.entries.push(entry);
            } else {
                blocks.push({ key: `loose-${entry.key}`, kind: "loose", entries: [entry] });
            }
            continue;
        }
        const place = log.places[entry.place_id];
        const run = runOf(place);
        if (last?.run === run) {
            last.entries.push(entry);
            continue;
        }
        const root = (place?.root_id && log.roots[place.root_id]) || null;
        blocks.push({
            key: `${run}-${entry.key}`,
            run,
            kind: STREAM.includes(place?.kind) ? "stream" : "tree",
            place,
            root,
            isAgain: Boolean(root) && seenRoots.has(root.id),
            entries: [entry],
        });
        if (root) {
            seenRoots.add(root.id);
        }
    }
    const firstNew = log.entries.find((entry) => isNew(entry, log.lookedAt, userId))?.key;
    const held = new Map(log.entries.map((entry) => [entry.id, entry]));
    let day = null;
    for (const block of blocks) {
        const rows = block.kind === "tree" ? treeRows(block, log, held) : streamRows(block, log, held);
        block.rows = [];
        for (const row of rows) {
            const rowDay = dayOf(row.entry.date);
            if (!row.depth && rowDay !== day) {
                block.rows.push({ kind: "day", key: `day-${row.key}`, date: row.entry.date });
                day = rowDay;
                row.isFollowing = false;
            }
            if (row.key === firstNew) {
                block.rows.push({ kind: "new", key: "new" });
                row.isFollowing = false;
            }
            block.rows.push(row);
        }
    }
    return blocks;
}

function runOf(place) {
    if (!place || STREAM.includes(place.kind) || !place.root_id) {
        return `place-${place?.id}`;
    }
    return `root-${place.root_id}`;
}

function rowOf(entry, more = {}) {
    return { kind: "entry", key: entry.key, entry, depth: 0, quote: null, ...more };
}

/** What an entry answers, where that is not next to it. */
function quoteOf(entry, log, held) {
    const parent = held.get(entry.parent_id);
    if (parent?.kind === "interaction") {
        return {
            id: parent.id,
            key: parent.key,
            said_by: parent.author.name,
            excerpt: parent.title || parent.body,
        };
    }
    return log.parents[entry.parent_id] || null;
}

/** Comments below what they answer, each branch in the order of time. */
function treeRows(block, log, held) {
    const here = new Map(
        block.entries.filter((entry) => entry.kind === "interaction").map((entry) => [entry.id, entry])
    );
    const children = new Map();
    const tops = [];
    for (const entry of block.entries) {
        const parent = entry.kind === "interaction" && here.get(entry.parent_id);
        if (parent && byTime(parent, entry) < 0) {
            children.set(parent.id, [...(children.get(parent.id) || []), entry]);
        } else {
            tops.push(entry);
        }
    }
    const rows = [];
    const add = (entry, depth) => {
        const isTop = entry.kind !== "interaction" || !here.has(entry.parent_id);
        const underRoot = entry.parent_id && entry.parent_id === block.place?.root_id;
        rows.push(
            rowOf(entry, {
                depth: Math.min(depth, DEPTH_LIMIT),
                quote: isTop && !underRoot ? quoteOf(entry, log, held) : null,
            })
        );
        for (const child of (entry.kind === "interaction" && children.get(entry.id)) || []) {
            add(child, depth + 1);
        }
    };
    tops.forEach((entry) => add(entry, 0));
    return rows;
}

/** Messages in the order of time; who goes on speaking is named once. */
function streamRows(block, log, held) {
    const rows = [];
    let before = null;
    let theirs = null;
    for (const entry of block.entries) {
        const isTalk = entry.kind === "interaction";
        const answersLast = entry.parent_id === before?.id || entry.parent_id === theirs?.id;
        const isFollowing =
            isTalk &&
            before?.kind === "interaction" &&
            before.direction === entry.direction &&
            before.author.name === entry.author.name &&
            before.author.user?.id === entry.author.user?.id &&
            new Date(entry.date) - new Date(before.date) < TOGETHER_MS;
        rows.push(
            rowOf(entry, {
                isFollowing,
                quote: isTalk && entry.parent_id && !answersLast ? quoteOf(entry, log, held) : null,
            })
        );
        before = entry;
        theirs = isTalk && entry.direction === "in" ? entry : theirs;
    }
    return rows;
}

/** The last of our messages in a chat that the other side has read. */
export function readUpTo(block) {
    const until = block.place?.read_up_to;
    const read = block.entries.filter(
        (entry) =>
            entry.direction === "out" &&
            (entry.delivery === "read" ||
                (until && entry.date <= until && ["sent", "delivered"].includes(entry.delivery)))
    );
    return read.at(-1)?.key || null;
}

/** @returns {{text: string, url?: string}[]} the words, web addresses apart */
export function partsOf(text) {
    const parts = [];
    let end = 0;
    for (const found of text.matchAll(/https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g)) {
        if (found.index > end) {
            parts.push({ text: text.slice(end, found.index) });
        }
        parts.push({ text: found[0], url: found[0] });
        end = found.index + found[0].length;
    }
    if (end < text.length) {
        parts.push({ text: text.slice(end) });
    }
    return parts;
}
