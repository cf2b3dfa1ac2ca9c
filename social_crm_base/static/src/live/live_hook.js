import { onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";

export const LIVE_NOTIFICATION = "social_crm/interactions";

// A burst becomes one refresh, and screens that got the same notification do not ask at once.
export const GATHER_MS = 250;
export const JITTER_MS = 500;
const PAUSE_MS = 2000;
const RETRY_MS = 1000;

// Which ids of the notification concern a screen of that model.
const IDS_BY_MODEL = {
    "social.crm.case": "case_ids",
    "social.crm.conversation": "conversation_ids",
    "social.crm.interaction": "ids",
};

/**
 * Call back after new interactions came, soon but never during work.
 *
 * @param {Object} params
 * @param {string} params.resModel model the screen shows
 * @param {() => boolean} params.isBusy whether a refresh now would disturb; asked again later
 * @param {(ids: number[]) => Promise} params.refresh called with the ids that concern the screen
 */
export function useLiveRefresh({ resModel, isBusy, refresh }) {
    const bus = useService("bus_service");
    const key = IDS_BY_MODEL[resModel] || "ids";
    let waiting = new Set();
    let timer = null;
    let quietUntil = 0;

    function schedule(delay) {
        if (timer === null) {
            timer = browser.setTimeout(run, delay);
        }
    }
    async function run() {
        timer = null;
        if (document.hidden || isBusy()) {
            schedule(RETRY_MS);
            return;
        }
        const ids = [...waiting];
        waiting = new Set();
        quietUntil = Date.now() + PAUSE_MS;
        await refresh(ids);
    }
    function onNotification(payload) {
        const ids = payload[key] || [];
        if (!ids.length) {
            return;
        }
        ids.forEach((id) => waiting.add(id));
        const rest = Math.max(0, quietUntil - Date.now());
        schedule(Math.max(GATHER_MS, rest) + Math.random() * JITTER_MS);
    }

    bus.subscribe(LIVE_NOTIFICATION, onNotification);
    onWillUnmount(() => {
        bus.unsubscribe(LIVE_NOTIFICATION, onNotification);
        browser.clearTimeout(timer);
    });
}
