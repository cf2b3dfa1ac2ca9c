import { useExternalListener } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

const EDITABLE = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]";
// Enter on these is theirs.
const PRESSABLE = "button, a, summary, [role=button], [role=menuitem]";

/**
 * Let single keys run the inbox's commands, never while somebody writes or a dialog is open.
 *
 * Odoo's hotkey service knows neither "/" nor "?", so one listener of our own serves them all.
 *
 * @param {InboxStore} store
 */
export function useInboxKeys(store) {
    const ui = useService("ui");
    useExternalListener(window, "keydown", (ev) => {
        if (ev.ctrlKey || ev.altKey || ev.metaKey || ev.isComposing || ev.defaultPrevented) {
            return;
        }
        if (ui.isBlocked || ui.activeElement !== document || ev.target.closest?.(EDITABLE)) {
            return;
        }
        if (ev.key === "Enter" && ev.target.closest?.(PRESSABLE)) {
            return;
        }
        const command = store.commands.find(
            (one) => one.hotkey === ev.key || one.otherHotkey === ev.key
        );
        if (command) {
            ev.preventDefault();
            store.run(command.key);
        }
    });
}
