import { EventBus, markRaw, reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";

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
        this.pane = "talk";
        await this.reload();
        if (this.caseId === caseId) {
            this.bus.trigger("opened", { id: caseId });
        }
    }

    /** Take the case off the screen; a phone goes back to the queue. */
    close() {
        this.caseId = null;
        this.data = {};
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
                this.data = sections ? { ...this.data, ...data } : data;
            }
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
            await this.services.action.doAction(result, { onClose: () => this.changed(ids) });
        } else {
            await this.changed(ids);
        }
    }

    /**
     * @param {number[]} ids cases that are not what they were
     */
    async changed(ids) {
        this.bus.trigger("cases-changed", { ids });
        if (ids.includes(this.caseId)) {
            await this.reload();
        }
    }
}
