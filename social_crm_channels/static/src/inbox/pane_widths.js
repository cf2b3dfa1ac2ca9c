import { useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { localization } from "@web/core/l10n/localization";

const STORED = "social_crm.inbox.panes";
const STEP = 16;
const BOUNDS = { queue: [240, 560], person: [240, 560] };
const USUAL = { queue: 352, person: 320 };

/**
 * Panes at the side whose width one can drag, or change with arrow keys; kept on this device.
 *
 * @param {{el: HTMLElement}} root what holds the panes
 */
export function usePaneWidths(root) {
    const widths = useState({ ...USUAL, ...read() });

    function set(pane, pixels) {
        const [least, most] = BOUNDS[pane];
        widths[pane] = Math.round(Math.max(least, Math.min(most, pixels)));
        browser.localStorage.setItem(STORED, JSON.stringify(widths));
    }
    /** Whether a step to the right makes the pane wider. */
    function sign(pane) {
        return (pane === "queue") === (localization.direction !== "rtl") ? 1 : -1;
    }
    return {
        get: (pane) => widths[pane],
        bounds: (pane) => BOUNDS[pane],
        onKeydown(pane, ev) {
            const step = { ArrowRight: STEP, ArrowLeft: -STEP }[ev.key];
            if (step) {
                ev.preventDefault();
                ev.stopPropagation();
                set(pane, widths[pane] + step * sign(pane));
            }
        },
        onPointerdown(pane, ev) {
            ev.preventDefault();
            const [from, width] = [ev.clientX, widths[pane]];
            const onMove = (move) => set(pane, width + (move.clientX - from) * sign(pane));
            const onUp = () => {
                root.el?.classList.remove("o_social_inbox_resizing");
                document.removeEventListener("pointermove", onMove);
                document.removeEventListener("pointerup", onUp);
            };
            root.el.classList.add("o_social_inbox_resizing");
            document.addEventListener("pointermove", onMove);
            document.addEventListener("pointerup", onUp);
        },
        reset: (pane) => set(pane, USUAL[pane]),
    };
}

function read() {
    try {
        return JSON.parse(browser.localStorage.getItem(STORED)) || {};
    } catch {
        return {};
    }
}
