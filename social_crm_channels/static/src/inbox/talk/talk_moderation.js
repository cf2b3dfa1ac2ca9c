import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { callEntry } from "./talk_actions";

/** Moderation of one entry, and of all that was said in the chosen cases. */

const actions = registry.category("social_crm.talk_actions");
const commands = registry.category("social_crm.inbox_commands");

// Those that take something away ask for the reason; those that give it back are done at once.
const MODERATION = [
    ["hide", { label: _t("Hide from the public"), icon: "fa-eye-slash", hotkey: "h", asks: true, isButton: true }],
    ["unhide", { label: _t("Show to the public again"), icon: "fa-eye", hotkey: "h", isButton: true }],
    ["approve", { label: _t("Approve"), icon: "fa-check-circle-o", hotkey: "v" }],
    ["spam", { label: _t("Mark as spam"), icon: "fa-ban", hotkey: "!", says: _t("Marked as spam; its case is closed.") }],
    ["report", { label: _t("Report to the network"), icon: "fa-flag-o", hotkey: "f", asks: true }],
    ["remove", { label: _t("Remove for good"), icon: "fa-trash-o", hotkey: "d", asks: true }],
    ["ban", { label: _t("Ban this account"), icon: "fa-user-times", hotkey: "b", asks: true }],
    ["unban", { label: _t("Lift the ban"), icon: "fa-user-plus", hotkey: "b" }],
];

MODERATION.forEach(([operation, { asks, says, ...action }], index) =>
    actions.add(
        operation,
        {
            ...action,
            group: "moderation",
            isAvailable: (entry) => (entry.can || []).includes(operation),
            run: async (entry, store) => {
                await callEntry(
                    store,
                    entry,
                    asks ? "action_moderate_dialog" : "action_moderate",
                    [operation]
                );
                if (says) {
                    store.services.notification.add(says, { type: "info" });
                }
            },
        },
        { sequence: 20 + index }
    )
);

const isWritable = (store) => store.selection.size || store.data.head?.writable;
const canAny = (store, operation) =>
    store.data.talk?.entries?.some((entry) => entry.can?.includes(operation));

commands.add(
    "focus_talk",
    {
        label: _t("Go to the talk"),
        hotkey: ".",
        isAvailable: (store) => Boolean(store.caseId),
        run: (store) => store.bus.trigger("focus-talk"),
    },
    { sequence: 68 }
);
commands.add(
    "hide_words",
    {
        label: _t("Hide what they said"),
        hotkey: "H",
        icon: "fa-eye-slash",
        groups: ["bulk", "more"],
        isAvailable: (store) => store.selection.size || (isWritable(store) && canAny(store, "hide")),
        run: (store) => store.act("action_moderate_dialog", ["hide"]),
    },
    { sequence: 70 }
);
commands.add(
    "spam",
    {
        label: _t("Mark as spam"),
        icon: "fa-ban",
        hotkey: "!",
        groups: ["bulk", "more"],
        isAvailable: (store) =>
            store.selection.size || (isWritable(store) && store.data.head.state !== "closed"),
        run: (store) => store.act("action_mark_spam"),
    },
    { sequence: 72 }
);
