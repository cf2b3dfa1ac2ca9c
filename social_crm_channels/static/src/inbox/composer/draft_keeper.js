import { onWillUnmount, useExternalListener } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

export const DRAFT_MS = 800;
const CASE = "social.crm.case";
const METHOD = "inbox_draft";

/**
 * Saves what is written soon after the last key, at once when one leaves, and never after it was
 * sent.
 */
export class DraftKeeper {
    /**
     * @param {(caseId: number, values: Object) => Promise} save
     * @param {(caseId: number, values: Object) => boolean} beacon saves while the page goes away
     */
    constructor(save, beacon) {
        this.save = (caseId, values) => {
            this.saving = save(caseId, values);
            return this.saving;
        };
        this.beacon = beacon;
        this.waiting = null;
        this.timer = null;
    }

    schedule(caseId, values) {
        if (this.waiting && this.waiting.caseId !== caseId) {
            this.flush();
        }
        this.waiting = { caseId, values };
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => this.flush(), DRAFT_MS);
    }

    /** Save now what waits. */
    async flush() {
        const waiting = this._take();
        if (waiting) {
            await this.save(waiting.caseId, waiting.values);
        }
    }

    /** The page goes away: a call could be broken off, a beacon is not. */
    leave() {
        const waiting = this._take();
        if (waiting && !this.beacon(waiting.caseId, waiting.values)) {
            this.save(waiting.caseId, waiting.values);
        }
    }

    /** It was sent: nothing of it is saved any more. */
    drop() {
        this._take();
    }

    _take() {
        browser.clearTimeout(this.timer);
        this.timer = null;
        const waiting = this.waiting;
        this.waiting = null;
        return waiting;
    }
}

/**
 * A keeper that saves on the server, also when the page or the composer goes away.
 *
 * @param {Object} orm
 * @returns {DraftKeeper}
 */
export function useDraftKeeper(orm) {
    const keeper = new DraftKeeper(
        (caseId, values) => orm.silent.call(CASE, METHOD, [[caseId], values]).catch(() => {}),
        (caseId, values) => {
            const params = { model: CASE, method: METHOD, args: [[caseId], values], kwargs: {} };
            const body = JSON.stringify({ jsonrpc: "2.0", method: "call", params });
            const blob = new Blob([body], { type: "application/json" });
            return browser.navigator.sendBeacon(`/web/dataset/call_kw/${CASE}/${METHOD}`, blob);
        }
    );
    useExternalListener(window, "beforeunload", () => keeper.leave());
    useExternalListener(document, "visibilitychange", () => {
        if (document.hidden) {
            keeper.leave(); // a phone may never say that the page goes away
        }
    });
    onWillUnmount(() => keeper.flush());
    return keeper;
}
