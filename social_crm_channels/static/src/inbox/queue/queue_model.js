import { markRaw } from "@odoo/owl";

const CASE_MODEL = "social.crm.case";
const EVERYTHING = { view: "all", sort: "deadline", words: "", filters: {} };
// Parts of a position that are numbers; all others compare as text.
const NUMERIC = { risk: true };
const DESCENDING = new Set(["risk", "newest"]);

/**
 * Which of two rows stands first.
 *
 * @param {string} sort key of the order
 * @param {Array} a position: its parts, the case id last
 * @param {Array} b
 * @returns {number} below 0 when `a` does
 */
export function comparePositions(sort, a, b) {
    const sign = DESCENDING.has(sort) ? -1 : 1;
    for (let part = 0; part < a.length; part++) {
        const isNumber = NUMERIC[sort] || part === a.length - 1;
        const [one, other] = isNumber ? [Number(a[part]), Number(b[part])] : [a[part], b[part]];
        if (one !== other) {
            return one < other ? -sign : sign;
        }
    }
    return 0;
}

/** @returns {number[]} the cases a row stands for */
export function casesOf(row) {
    return row.kind === "post" ? row.case_ids : [row.id];
}

/** The queue's rows and what is asked for. Knows nothing of the screen. */
export class QueueModel {
    constructor(orm) {
        this.orm = orm && markRaw(orm.silent);
        this.views = [];
        this.sorts = [];
        this.saved = [];
        this.savedId = null;
        this.setup = {};
        this.counts = {};
        this.facets = null;
        this.query = { ...EVERYTHING };
        this.rows = [];
        this.cursor = null;
        this.isLoading = true;
        this.isLoadingMore = false;
        this.hasFailed = false;
        this.cursorKey = null; // the row the keyboard is at
        this.anchorKey = null; // where a choice with Shift began
        this.fresh = {}; // new rows that would move what somebody reads, by key
        this.opened = {}; // posts whose cases are shown, by post id: rows, cursor
        // The screen says from which place on new rows move nothing that is being read
        this.safeFrom = () => 0;
        this.round = 0;
    }

    call(method, ...args) {
        return this.orm.call(CASE_MODEL, method, args);
    }

    /**
     * Read what the inbox is made of, then the first page.
     *
     * @param {Object} [query] what was asked for before
     */
    async start(query) {
        const { views, sorts, filters, counts, view, setup } = await this.call("inbox_start");
        Object.assign(this, { views, sorts, saved: filters, counts, setup });
        const usual =
            filters.find((one) => one.is_default && one.is_mine) ||
            filters.find((one) => one.is_default);
        if (query && views.some((one) => one.key === query.view)) {
            this.query = { ...EVERYTHING, ...query };
        } else if (usual) {
            this.savedId = usual.id;
            this.query = { ...EVERYTHING, ...usual.query };
        } else {
            this.query = { ...EVERYTHING, view };
        }
        await this.load(this.isNarrowed);
    }

    /** @returns {boolean} whether filters or words narrow the views */
    get isNarrowed() {
        return Boolean(this.query.words) || Object.values(this.query.filters).some((f) => f.length);
    }

    /**
     * Ask for something else.
     *
     * @param {Object} change of the query
     * @param {number} [savedId] the saved filter it comes from
     */
    async ask(change, savedId = null) {
        const narrowed = JSON.stringify([this.query.words, this.query.filters]);
        this.query = { ...this.query, ...change };
        this.savedId = savedId;
        await this.load(narrowed !== JSON.stringify([this.query.words, this.query.filters]));
    }

    /** @param {Object} saved a saved filter */
    askSaved(saved) {
        return this.ask({ ...EVERYTHING, ...saved.query }, saved.id);
    }

    /**
     * Read the first page. What is asked later wins over what answers late.
     *
     * @param {boolean} [withCounts]
     */
    async load(withCounts = true) {
        const round = ++this.round;
        this.isLoading = true;
        this.hasFailed = false;
        try {
            const [page] = await Promise.all([
                this.call("inbox_queue", this.query),
                withCounts && this.count(round),
            ]);
            if (round === this.round) {
                Object.assign(this, { rows: page.rows, cursor: page.cursor, fresh: {}, opened: {} });
                if (!this.find(this.cursorKey)) {
                    this.cursorKey = page.rows[0]?.key || null;
                }
            }
        } catch (error) {
            this.hasFailed = this.hasFailed || round === this.round;
            throw error;
        } finally {
            if (round === this.round) {
                this.isLoading = false;
            }
        }
    }

    async count(round = this.round) {
        const { words, filters } = this.query;
        const counts = await this.call("inbox_counts", { words, filters });
        if (round === this.round) {
            this.counts = counts;
        }
    }

    /** Read the next page behind the last row. */
    async more() {
        if (this.isLoadingMore || this.isLoading || !this.cursor) {
            return;
        }
        this.isLoadingMore = true;
        const round = this.round;
        try {
            const page = await this.call("inbox_queue", this.query, this.cursor);
            if (round === this.round) {
                const known = new Set(this.rows.map((row) => row.key));
                this.rows.push(...page.rows.filter((row) => !known.has(row.key)));
                this.cursor = page.cursor;
            }
        } finally {
            this.isLoadingMore = false;
        }
    }

    // --- folded comments -------------------------------------------------------------------

    /** Show or hide the cases of a post's row. */
    async toggle(row) {
        if (this.opened[row.post_id]) {
            delete this.opened[row.post_id];
            if (!this.find(this.cursorKey)) {
                this.cursorKey = row.key;
            }
            return;
        }
        await this.readPost(row.post_id);
    }

    async readPost(postId, cursor = null) {
        const query = { ...this.query, post: postId };
        const page = await this.call("inbox_queue", query, cursor, 100);
        const before = cursor ? this.opened[postId].rows : [];
        this.opened[postId] = { rows: [...before, ...page.rows], cursor: page.cursor };
    }

    /** @returns {Object[]} what stands on the screen, in order: {row, level, post} */
    get visible() {
        const found = [];
        for (const row of this.rows) {
            found.push({ row, level: 1 });
            const below = row.kind === "post" && this.opened[row.post_id];
            for (const inner of below ? below.rows : []) {
                found.push({ row: inner, level: 2 });
            }
            if (below?.cursor) {
                found.push({ row: { key: `rest-${row.post_id}`, kind: "rest", post_id: row.post_id } });
            }
        }
        return found;
    }

    find(key) {
        return this.visible.find(({ row }) => row.key === key)?.row;
    }

    /** @returns {boolean} whether the case stands in the queue, folded or not */
    has(caseId) {
        return this.rows.some((row) => !row.isGone && casesOf(row).includes(caseId));
    }

    /** @returns {number | null} the case to read after this one, but none of `without` */
    neighbour(caseId, without = []) {
        const all = this.visible.filter(({ row }) => row.kind === "case").map(({ row }) => row.id);
        const place = all.indexOf(caseId);
        if (place < 0) {
            return null;
        }
        const usable = (id) => !without.includes(id);
        return all.slice(place + 1).find(usable) || all.slice(0, place).findLast(usable) || null;
    }

    // --- keyboard --------------------------------------------------------------------------

    /** Go so many rows down, or up. */
    move(step) {
        const rows = this.visible.filter(({ row }) => row.kind !== "rest");
        const place = rows.findIndex(({ row }) => row.key === this.cursorKey);
        const next = rows[Math.max(0, Math.min(rows.length - 1, place + step))];
        this.cursorKey = next ? next.row.key : null;
        if (place + step >= rows.length - 3) {
            this.more();
        }
    }

    markRead(caseId) {
        for (const { row } of this.visible) {
            if (row.kind === "case" && row.id === caseId) {
                Object.assign(row, { is_new: false, is_mentioned: false });
                this.cursorKey = row.key;
            }
        }
        this.rows = this.rows.filter((row) => !row.isGone);
    }

    // --- news ------------------------------------------------------------------------------

    /**
     * Bring rows up to date without moving what is being read.
     *
     * @param {number[]} ids cases that changed
     * @param {boolean} [isOurs] by something done here: then nothing need hold still
     */
    async refresh(ids, isOurs = false) {
        if (this.isLoading) {
            return;
        }
        const round = this.round;
        const posts = this.rows.filter(
            (row) => row.kind === "post" && row.case_ids.some((id) => ids.includes(id))
        );
        const postIds = posts.map((row) => row.post_id);
        const [rows] = await Promise.all([
            this.call("inbox_queue_rows", this.query, ids, postIds),
            this.count(round),
        ]);
        if (round !== this.round) {
            return;
        }
        this.merge(rows, ids, postIds, isOurs);
        const open = postIds.filter((postId) => this.opened[postId]);
        await Promise.all(open.map((postId) => this.readPost(postId)));
    }

    merge(rows, ids, postIds, isOurs) {
        const seen = new Set();
        for (const row of rows) {
            seen.add(row.key);
            const place = this.placeOf(row);
            if (place >= 0) {
                this.replace(place, row);
            } else if (this.isLoaded(row)) {
                this.fresh[row.key] = row;
            }
        }
        const isGone = (row) =>
            !seen.has(row.key) &&
            (row.kind === "post" ? postIds.includes(row.post_id) : ids.includes(row.id));
        for (const key of Object.keys(this.fresh)) {
            if (isGone(this.fresh[key])) {
                delete this.fresh[key];
            }
        }
        for (const row of this.rows.filter(isGone)) {
            row.isGone = true;
        }
        if (isOurs) {
            this.rows = this.rows.filter((row) => !row.isGone);
        }
        this.settle(isOurs ? 0 : this.safeFrom());
        if (!this.find(this.cursorKey)) {
            this.cursorKey = this.rows[0]?.key || null;
        }
    }

    /** Where the row stands now, or the row that stands for the same: a post, or a case in it. */
    placeOf(row) {
        const exact = this.rows.findIndex((one) => one.key === row.key);
        if (exact >= 0 || !row.post_id) {
            return exact;
        }
        return this.rows.findIndex(
            (one) => one.post_id === row.post_id && (one.kind === "post" || row.kind === "post")
        );
    }

    replace(place, row) {
        const old = this.rows[place];
        if (old.key === row.key) {
            Object.assign(old, row, { isGone: false });
            return;
        }
        this.rows.splice(place, 1, row);
        if (row.kind === "post") {
            const mine = new Set(row.case_ids);
            this.rows = this.rows.filter((one) => one === row || one.key === row.key || !mine.has(one.id));
        } else {
            delete this.opened[row.post_id];
        }
    }

    /** @returns {boolean} whether the row belongs before the end of what was read so far */
    isLoaded(row) {
        const last = this.rows.at(-1);
        return !this.cursor || !last || comparePositions(this.query.sort, row.sort, last.sort) < 0;
    }

    /**
     * Put new rows where they belong, from one place on.
     *
     * @param {number} [from] those that belong before it wait
     */
    settle(from = 0) {
        for (const row of Object.values(this.fresh)) {
            const after = this.rows.findIndex(
                (one) => comparePositions(this.query.sort, row.sort, one.sort) < 0
            );
            const place = after < 0 ? this.rows.length : after;
            if (place >= from) {
                this.rows.splice(place, 0, row);
                delete this.fresh[row.key];
            }
        }
    }

    get freshCount() {
        return Object.keys(this.fresh).length;
    }

    // --- saved filters -----------------------------------------------------------------------

    async loadFacets() {
        this.facets ||= await this.call("inbox_facets");
    }

    async save({ name, teamId, isDefault }) {
        const { view, sort, words, filters } = this.query;
        const [id] = await this.orm.create("social.crm.inbox.filter", [
            {
                name,
                team_id: teamId || false,
                is_default: isDefault,
                query: { view, sort, words, filters },
            },
        ]);
        const { filters: saved } = await this.call("inbox_start");
        this.saved = saved;
        this.savedId = id;
    }

    async forget(saved) {
        await this.orm.unlink("social.crm.inbox.filter", [saved.id]);
        this.saved = this.saved.filter((one) => one.id !== saved.id);
        this.savedId = this.savedId === saved.id ? null : this.savedId;
    }
}
