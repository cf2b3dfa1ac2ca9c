import { browser } from "@web/core/browser/browser";

export const DRAFT_MS = 800;

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
        this.save = save;
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
