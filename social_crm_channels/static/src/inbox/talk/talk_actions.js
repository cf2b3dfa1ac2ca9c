import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { TalkEditDialog } from "./talk_edit";

/**
 * What one can do with one thing that was said. Other panes add theirs.
 *
 * An entry: {label, icon, hotkey, group, isButton, isUrgent, isAvailable(entry, store),
 * run(entry, store)}. `isButton` shows it beside the words too, `isUrgent` only there; `group`
 * keeps related ones together in the menu. `entry.can` names what the server would allow.
 */
const actions = registry.category("social_crm.talk_actions");

const MODEL = "social.crm.interaction";

/** @returns {Object[]} what can be done with an entry, in order, each with its `key` */
export function actionsOf(entry, store) {
    if (entry.kind !== "interaction") {
        return [];
    }
    return actions
        .getEntries()
        .map(([key, action]) => ({ key, ...action }))
        .filter((action) => !action.isAvailable || action.isAvailable(entry, store));
}

/** Call a method of what was said, then show what became of it. */
export async function callEntry(store, entry, method, args = []) {
    const caseId = store.caseId;
    const result = await store.services.orm.call(MODEL, method, [[entry.id], ...args]);
    if (result?.type) {
        await store.services.action.doAction(result, { onClose: () => store.changed([caseId]) });
    } else {
        await store.changed([caseId]);
    }
}

async function callOutbox(store, entry, method) {
    await store.services.orm.call("social.crm.outbox", method, [[entry.outbox.id]]);
    await store.changed([store.caseId]);
}

const can = (operation) => (entry) => (entry.can || []).includes(operation);

function add(sequence, key, action) {
    actions.add(key, action, { sequence });
}

add(10, "reply", {
    label: _t("Answer this"),
    icon: "fa-reply",
    hotkey: "r",
    isButton: true,
    isAvailable: can("reply"),
    run: (entry, store) =>
        store.bus.trigger("reply-to", { interactionId: entry.id, mode: "reply" }),
});
add(12, "reply_private", {
    label: _t("Answer privately"),
    icon: "fa-envelope-o",
    hotkey: "p",
    isAvailable: can("private"),
    run: (entry, store) =>
        store.bus.trigger("reply-to", { interactionId: entry.id, mode: "private" }),
});
add(14, "like", {
    label: _t("Like"),
    icon: "fa-thumbs-o-up",
    hotkey: "l",
    isButton: true,
    isAvailable: can("like"),
    run: (entry, store) => callEntry(store, entry, "talk_react", ["like"]),
});
add(15, "unlike", {
    label: _t("Take the like back"),
    icon: "fa-thumbs-up",
    hotkey: "l",
    isButton: true,
    isAvailable: can("unlike"),
    run: (entry, store) => callEntry(store, entry, "talk_react", ["like", true]),
});
add(30, "lead", {
    label: _t("Make a lead"),
    icon: "fa-star-o",
    group: "work",
    isAvailable: can("lead"),
    run: (entry, store) => callEntry(store, entry, "action_create_lead"),
});
add(32, "log_answer", {
    label: _t("Log an answer given elsewhere"),
    icon: "fa-pencil-square-o",
    group: "work",
    isAvailable: can("log"),
    run: (entry, store) => callEntry(store, entry, "talk_log_answer"),
});
add(40, "copy_text", {
    label: _t("Copy the words"),
    icon: "fa-clone",
    group: "copy",
    isAvailable: (entry) => Boolean(entry.body),
    run: (entry, store) => copy(store, entry.body),
});
add(42, "copy_link", {
    label: _t("Copy the link"),
    icon: "fa-link",
    group: "copy",
    isAvailable: (entry) => Boolean(entry.permalink),
    run: (entry, store) => copy(store, entry.permalink),
});
add(44, "open", {
    label: _t("Open on the network"),
    icon: "fa-external-link",
    hotkey: "o",
    group: "copy",
    isAvailable: (entry) => Boolean(entry.permalink),
    run: (entry) => browser.open(entry.permalink, "_blank", "noopener"),
});
add(50, "edit", {
    label: _t("Change our words"),
    icon: "fa-pencil",
    group: "ours",
    isAvailable: can("edit"),
    run: (entry, store) =>
        store.services.dialog.add(TalkEditDialog, {
            body: entry.body,
            save: (text) => callEntry(store, entry, "talk_edit", [text]),
        }),
});
add(52, "delete", {
    label: _t("Delete our words"),
    icon: "fa-trash-o",
    group: "ours",
    isAvailable: can("delete"),
    run: (entry, store) =>
        store.services.dialog.add(ConfirmationDialog, {
            title: _t("Delete our words"),
            body: _t("They are deleted on the network too. What people have read stays read."),
            confirmLabel: _t("Delete"),
            confirmClass: "btn-danger",
            confirm: () => callEntry(store, entry, "talk_delete"),
            cancel: () => {},
        }),
});

const outboxIn = (...states) => (entry) => Boolean(entry.outbox) && states.includes(entry.outbox.state) && Boolean(entry.can?.includes("outbox"));

add(60, "take_back", {
    label: _t("Take back"),
    icon: "fa-undo",
    isUrgent: true,
    isAvailable: outboxIn("held", "queued", "by_hand"),
    run: (entry, store) => callOutbox(store, entry, "action_take_back"),
});
add(62, "retry", {
    label: _t("Try again"),
    icon: "fa-repeat",
    isUrgent: true,
    isAvailable: outboxIn("failed", "unknown"),
    run: (entry, store) => callOutbox(store, entry, "action_retry"),
});
add(64, "done_by_hand", {
    label: _t("It is done"),
    icon: "fa-check",
    isUrgent: true,
    isAvailable: outboxIn("by_hand", "unknown"),
    run: (entry, store) => callOutbox(store, entry, "action_done_by_hand"),
});

async function copy(store, text) {
    await browser.navigator.clipboard.writeText(text);
    store.services.notification.add(_t("Copied."), { type: "success" });
}
