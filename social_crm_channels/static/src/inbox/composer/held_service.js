import { EventBus, markRaw, reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const OUTBOX = "social.crm.outbox";
const CASE = "social.crm.case";

/**
 * What was just sent and can still be taken back. It outlives the case and the inbox on the
 * screen: when the time is over, it is released here; the server's own worker is the net.
 *
 * Events on `bus`: `released` {id, caseId}, `taken-back` {id, caseId}.
 */
export class HeldRows {
    constructor(orm) {
        this.orm = markRaw(orm);
        this.rows = [];
        this.settled = new Set(); // news that were read before may still speak of them
        this.bus = markRaw(new EventBus());
        this.timer = null;
        this.now = Date.now();
        this.beforeTakeBack = null; // what is being written is saved first
    }

    /** @param {{id: number, case_id: number, text: string, seconds: number}} row */
    add(row) {
        if (this.settled.has(row.id) || this.rows.some((known) => known.id === row.id)) {
            return;
        }
        this.now = Date.now();
        this.rows.push({
            id: row.id,
            caseId: row.case_id,
            text: row.text,
            until: this.now + row.seconds * 1000,
            busy: false,
        });
        this._tick();
    }

    /** @returns {number} whole seconds until the row leaves */
    secondsLeft(row) {
        return Math.max(0, Math.ceil((row.until - this.now) / 1000));
    }

    /** Send it now, without waiting. */
    async release(row) {
        if (row.busy) {
            return;
        }
        row.busy = true;
        try {
            await this.orm.silent.call(OUTBOX, "action_release", [[row.id]]);
        } catch {
            // Somebody else released it or takes care of it: the worker is the net.
        } finally {
            this._forget(row);
        }
        this.bus.trigger("released", { id: row.id, caseId: row.caseId });
    }

    /** Take it back; its words become the draft again. */
    async takeBack(row) {
        if (row.busy) {
            return;
        }
        row.busy = true;
        try {
            await this.beforeTakeBack?.();
            await this.orm.call(CASE, "inbox_take_back", [[row.caseId], row.id]);
        } finally {
            this._forget(row);
        }
        this.bus.trigger("taken-back", { id: row.id, caseId: row.caseId });
    }

    _forget(row) {
        this.settled.add(row.id);
        this.rows = this.rows.filter((known) => known.id !== row.id);
    }

    _tick() {
        if (this.timer) {
            return;
        }
        this.timer = browser.setInterval(() => {
            this.now = Date.now();
            for (const row of this.rows) {
                if (row.until <= this.now) {
                    this.release(row);
                }
            }
            if (!this.rows.length) {
                browser.clearInterval(this.timer);
                this.timer = null;
            }
        }, 250);
    }
}

export const heldService = {
    dependencies: ["orm"],
    start(env, { orm }) {
        return reactive(new HeldRows(orm));
    },
};

registry.category("services").add("social_crm_held", heldService);
