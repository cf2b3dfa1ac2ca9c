import { onWillUnmount, reactive, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

const { DateTime } = luxon;
const TICK_MS = 30000;

// One clock for all times on the screen, ticking only while somebody looks.
const clock = reactive({ now: DateTime.now() });
let watchers = 0;
let ticking = null;

/** @returns {{now: DateTime}} the time, followed while the component lives */
export function useClock() {
    clock.now = DateTime.now();
    watchers++;
    ticking ||= browser.setInterval(() => (clock.now = DateTime.now()), TICK_MS);
    onWillUnmount(() => {
        watchers--;
        if (!watchers) {
            browser.clearInterval(ticking);
            ticking = null;
        }
    });
    return useState(clock);
}
