import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * What one can do in the inbox, by key and by button. Each pane adds its own.
 *
 * An entry: {label, hotkey, icon, sequence, groups, isAvailable(store), run(store)}; `groups` says
 * where it shows: "head" (a button above the talk), "more" (its menu), "bulk" (above the queue
 * while cases are chosen). Without groups it is for the keyboard only.
 */
const commands = registry.category("social_crm.inbox_commands");

const isWritable = (store) => Boolean(store.data.head?.writable);
const isOpen = (store) => isWritable(store) && store.data.head.state !== "closed";

commands.add(
    "reply",
    {
        label: _t("Answer"),
        hotkey: "r",
        isAvailable: isWritable,
        run: (store) => store.bus.trigger("focus-composer", { mode: "reply" }),
    },
    { sequence: 10 }
);
commands.add(
    "assign_to_me",
    {
        label: _t("Assign to me"),
        hotkey: "a",
        icon: "fa-hand-paper-o",
        groups: ["head", "bulk"],
        isAvailable: (store) => store.selection.size || isOpen(store),
        run: (store) => store.act("action_assign_to_me"),
    },
    { sequence: 20 }
);
commands.add(
    "close",
    {
        label: _t("Close"),
        hotkey: "e",
        icon: "fa-check",
        groups: ["head", "bulk"],
        isAvailable: (store) => store.selection.size || isOpen(store),
        run: (store) => store.act("action_close_dialog"),
    },
    { sequence: 30 }
);
