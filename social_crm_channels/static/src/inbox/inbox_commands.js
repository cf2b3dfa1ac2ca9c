import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { HelpDialog } from "./help_dialog";

/**
 * What one can do in the inbox, by key and by button. Each pane adds its own.
 *
 * An entry: {label, hotkey, icon, sequence, groups, isAvailable(store), run(store)}; `groups` says
 * where it shows: "head" (a button above the talk), "more" (its menu), "bulk" (above the queue
 * while cases are chosen). Without groups it is for the keyboard only. `otherHotkey` does the same;
 * `isPrimary` makes its button in the head stand out.
 */
const commands = registry.category("social_crm.inbox_commands");

const isWritable = (store) => Boolean(store.data.head?.writable);

commands.add(
    "reply",
    {
        label: _t("Answer"),
        hotkey: "r",
        isAvailable: isWritable,
        run: (store) => {
            store.pane = "talk";
            store.bus.trigger("focus-composer", { mode: "reply" });
        },
    },
    { sequence: 10 }
);
commands.add(
    "person",
    {
        label: _t("Show or hide who this is"),
        hotkey: "c",
        isAvailable: (store) => Boolean(store.caseId),
        run: (store) => {
            if (store.env.isSmall) {
                store.pane = store.pane === "person" ? "talk" : "person";
            } else {
                store.isPersonShown = !store.isPersonShown;
            }
        },
    },
    { sequence: 210 }
);
commands.add(
    "open_form",
    {
        label: _t("Open the full form"),
        hotkey: "f",
        icon: "fa-external-link",
        groups: ["more"],
        isAvailable: (store) => Boolean(store.data.head),
        run: (store) =>
            store.services.action.doAction({
                type: "ir.actions.act_window",
                res_model: "social.crm.case",
                res_id: store.caseId,
                views: [[false, "form"]],
            }),
    },
    { sequence: 220 }
);
commands.add(
    "help",
    {
        label: _t("Show all keys"),
        hotkey: "?",
        icon: "fa-keyboard-o",
        groups: ["more"],
        run: (store) => store.services.dialog.add(HelpDialog, {}),
    },
    { sequence: 230 }
);
