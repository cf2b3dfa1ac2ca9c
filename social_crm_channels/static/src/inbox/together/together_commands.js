import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const commands = registry.category("social_crm.inbox_commands");

const many = (store) => store.selection.size > 0;
const isWritable = (store) =>
    many(store) ? Boolean(store.queue.setup.can_work) : Boolean(store.data.head?.writable);
const isOneWritable = (store) => !many(store) && Boolean(store.data.head?.writable);
const stateOf = (store) => store.data.head?.state;
const isUnfinished = (store) => isWritable(store) && (many(store) || stateOf(store) !== "closed");

/** A command that calls a method of the chosen cases. */
function add(key, sequence, method, definition) {
    commands.add(
        key,
        { isAvailable: isUnfinished, run: (store) => store.act(method), ...definition },
        { sequence }
    );
}

add("assign_to_me", 20, "action_assign_to_me", {
    label: _t("Assign to me"),
    hotkey: "a",
    icon: "fa-hand-paper-o",
    groups: ["more", "bulk"],
    isAvailable: (store) =>
        isUnfinished(store) && (many(store) || store.data.head.user?.id !== user.userId),
});
add("transfer", 22, "action_transfer_dialog", {
    label: _t("Assign or transfer…"),
    hotkey: "t",
    icon: "fa-share",
    groups: ["more", "bulk"],
});
add("snooze", 31, "action_snooze_dialog", {
    label: _t("Snooze…"),
    hotkey: "z",
    icon: "fa-moon-o",
    groups: ["head", "bulk"],
    isAvailable: (store) => isUnfinished(store) && (many(store) || stateOf(store) !== "snoozed"),
});
add("wait", 26, "action_wait", {
    label: _t("Wait for the customer"),
    hotkey: "w",
    icon: "fa-hourglass-half",
    groups: ["more", "bulk"],
    isAvailable: (store) => isWritable(store) && (many(store) || stateOf(store) === "open"),
});
add("close", 30, "action_close_dialog", {
    label: _t("Close…"),
    hotkey: "e",
    icon: "fa-check",
    groups: ["head", "bulk"],
    isPrimary: true,
});
add("reopen", 32, "action_reopen", {
    label: _t("Reopen"),
    hotkey: "Z",
    icon: "fa-undo",
    groups: ["head", "bulk"],
    isAvailable: (store) => isWritable(store) && (many(store) || stateOf(store) !== "open"),
});
add("no_answer", 34, "action_no_answer_needed", {
    label: _t("No answer needed"),
    hotkey: "N",
    icon: "fa-ban",
    groups: ["more", "bulk"],
});
add("ask", 40, "action_ask_dialog", {
    label: _t("Ask a department…"),
    hotkey: "q",
    icon: "fa-question-circle",
    groups: ["more", "bulk"],
});
add("macro", 42, "action_macro_dialog", {
    label: _t("Run a macro…"),
    hotkey: "m",
    icon: "fa-magic",
    groups: ["more", "bulk"],
    isAvailable: isWritable,
});
add("join", 60, "action_join_dialog", {
    label: _t("Join cases…"),
    icon: "fa-compress",
    groups: ["bulk"],
    isAvailable: (store) => store.selection.size > 1 && isWritable(store),
});
add("split", 62, "action_split_dialog", {
    label: _t("Split off another matter…"),
    icon: "fa-code-fork",
    groups: ["more"],
    isAvailable: isOneWritable,
});
add("confidential", 64, "action_make_confidential", {
    label: _t("Make confidential"),
    icon: "fa-lock",
    groups: ["more", "bulk"],
    isAvailable: (store) => isWritable(store) && (many(store) || !store.data.head.confidential),
});

commands.add(
    "handover",
    {
        label: _t("Go on in private"),
        hotkey: "p",
        icon: "fa-user-secret",
        groups: ["more"],
        isAvailable: isOneWritable,
        async run(store) {
            const way = await store.call("inbox_handover");
            store.services.notification.add(way.note, { type: "info" });
            store.bus.trigger("reply-to", {
                interactionId: way.interaction_id,
                mode: way.mode === "private" ? "private" : "reply",
            });
            if (way.text) {
                store.bus.trigger("insert-text", { text: way.text });
            }
            await store.reload(["talk"]);
        },
    },
    { sequence: 44 }
);
commands.add(
    "mail",
    {
        label: _t("Continue by mail"),
        icon: "fa-envelope-o",
        groups: ["more"],
        isAvailable: isOneWritable,
        async run(store) {
            const { text } = await store.call("inbox_mail_address");
            store.bus.trigger("insert-text", { text });
        },
    },
    { sequence: 46 }
);
commands.add(
    "goodwill",
    {
        label: _t("Give goodwill…"),
        hotkey: "g",
        icon: "fa-gift",
        groups: ["more"],
        isAvailable: (store) => isOneWritable(store) && Boolean(store.data.together?.can_give),
        async run(store) {
            const caseId = store.caseId;
            const action = await store.call("action_goodwill_dialog");
            await store.services.action.doAction(action, {
                onClose: async (infos) => {
                    if (infos?.text) {
                        store.bus.trigger("insert-text", { text: infos.text });
                    } else if (infos?.state === "asked") {
                        store.services.notification.add(_t("A team leader was asked."), {
                            type: "info",
                        });
                    }
                    await store.changed([caseId]);
                },
            });
        },
    },
    { sequence: 48 }
);
