import { EventBus, markRaw, reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";

import { QueueModel } from "./queue/queue_model";

const CASE_MODEL = "social.crm.case";

/**
 * What the panes of the inbox share: which case is open, what is known of it, what is chosen.
 *
 * Events on `bus`:
 * - `cases-changed` {ids}: something was said or done in these cases
 * - `opened` {id}: another case is on the screen
 * - `reply-to` {interactionId, mode}: answer this word, `mode` "reply" or "private"
 * - `focus-composer` {mode}: write now, `mode` "reply" or "note"
 * - `insert-text` {text}: put this where the cursor stands in the composer
 * - `sent` {outboxId}: something of ours left the composer
 * - `focus-search`: find something in the queue
 */
export class InboxStore {
    constructor(env, services) {
        this.env = markRaw(env);
        this.services = markRaw(services);
        this.bus = markRaw(new EventBus());
        this.caseId = null;
        this.data = {};
        this.pane = "queue";
        this.selection = new Set();
        this.isLoading = false;
        // The open case cannot be shown: "gone" when it is not there for this user, "failed"
        this.problem = null;
        // Who writes in which case now: case id to names, for the rows of the queue
        this.typing = {};
        this.isPersonShown = true;
        this.queue = new QueueModel(services.orm);
    }

    /** @returns {InboxStore} a store components can watch */
    static make(env, services) {
        return reactive(new InboxStore(env, services));
    }

    /**
     * Put a case on the screen. A later call wins over an earlier one that answers late.
     *
     * @param {number} caseId
     */
    async open(caseId) {
        this.caseId = caseId;
        this.data = {};
        this.problem = null;
        this.pane = "talk";
        this.queue.markRead(caseId);
        await this.reload();
        if (this.caseId === caseId && !this.problem) {
            this.bus.trigger("opened", { id: caseId });
        }
    }

    /** Take the case off the screen; a phone goes back to the queue. */
    close() {
        this.caseId = null;
        this.data = {};
        this.problem = null;
        this.pane = "queue";
    }

    /**
     * Read the open case anew.
     *
     * @param {string[]} [sections] only these
     */
    async reload(sections) {
        const caseId = this.caseId;
        if (!caseId) {
            return;
        }
        this.isLoading = true;
        try {
            const data = await this.call("inbox_open", sections ? [sections] : []);
            if (this.caseId === caseId) {
                this.problem = Object.keys(data).length || sections?.length ? null : "gone";
                this.data = sections ? { ...this.data, ...data } : data;
            }
        } catch (error) {
            if (this.caseId === caseId && !Object.keys(this.data).length) {
                this.problem = "failed";
            }
            throw error;
        } finally {
            this.isLoading = this.caseId !== caseId && this.isLoading;
        }
    }

    /**
     * Call a method of the open case.
     *
     * @param {string} method
     * @param {Array} [args]
     * @param {Object} [kwargs]
     */
    call(method, args = [], kwargs = {}) {
        return this.services.orm.silent.call(CASE_MODEL, method, [[this.caseId], ...args], kwargs);
    }

    /** @returns {number[]} the chosen cases, else the open one: what a command works on */
    get targetIds() {
        if (this.selection.size) {
            return [...this.selection];
        }
        return this.caseId ? [this.caseId] : [];
    }

    /** @returns {Object[]} commands that can run now, in order, each with its `key` */
    get commands() {
        return registry
            .category("social_crm.inbox_commands")
            .getEntries()
            .map(([key, command]) => ({ key, ...command }))
            .filter((command) => !command.isAvailable || command.isAvailable(this));
    }

    /**
     * The commands that show in one place.
     *
     * @param {string} group "head", "more" or "bulk"
     */
    commandsOf(group) {
        return this.commands.filter((command) => command.groups?.includes(group));
    }

    /**
     * @param {string} key of registry `social_crm.inbox_commands`
     */
    async run(key) {
        const command = this.commands.find((one) => one.key === key);
        await command?.run(this);
    }

    /**
     * Call a method of the chosen cases, then show what changed.
     *
     * @param {string} method
     * @param {Array} [args]
     */
    async act(method, args = []) {
        const ids = this.targetIds;
        if (!ids.length) {
            return;
        }
        const result = await this.services.orm.call(CASE_MODEL, method, [ids, ...args]);
        if (result?.type) {
            await this.services.action.doAction(result, { onClose: () => this.acted(ids) });
        } else {
            await this.acted(ids);
        }
    }

    /**
     * Write on the open case, then show what changed.
     *
     * @param {Object} vals
     */
    async write(vals) {
        const ids = [this.caseId];
        await this.services.orm.write(CASE_MODEL, ids, vals);
        await this.acted(ids);
    }

    /**
     * Show what we did to these cases. Where the open one left its view because it is finished,
     * the next one opens.
     *
     * @param {number[]} ids
     */
    async acted(ids) {
        const next = this.queue.neighbour(this.caseId, ids);
        const before = this.data.head?.state;
        await this.changed(ids, true);
        const after = this.data.head?.state;
        const isFinished = ids.includes(this.caseId) && before === "open" && after !== "open";
        if (isFinished && this.caseId && !this.queue.has(this.caseId)) {
            if (next) {
                await this.open(next);
            } else {
                this.close();
            }
        }
        this.selection.clear();
    }

    /**
     * @param {number[]} ids cases that are not what they were
     * @param {boolean} [isOurs] by something done here, so that the queue need not hold still
     */
    async changed(ids, isOurs = false) {
        this.bus.trigger("cases-changed", { ids });
        const jobs = [this.queue.refresh(ids, isOurs)];
        if (ids.includes(this.caseId)) {
            jobs.push(this.reload());
        }
        await Promise.all(jobs);
    }
}
